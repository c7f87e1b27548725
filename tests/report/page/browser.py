# SPDX-License-Identifier: MIT
"""A headless Chromium, led over the pipe of its DevTools protocol (--remote-debugging-pipe): no port, no other package."""

import base64
import collections
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import tempfile
import time

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Without a sandbox: root and most containers have none for it, and the pages are our own.
OPTIONS = ("--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-extensions", "--disable-background-networking",
           "--disable-component-update", "--disable-default-apps", "--disable-sync", "--disable-dev-shm-usage", "--force-device-scale-factor=1",
           "--hide-scrollbars", "--no-sandbox")
TIMEOUT_S = 60


def find():
    return next((path for path in map(shutil.which, NAMES) if path), None)


def _pipe_above(lowest):
    """Both ends off the numbers that the child has other uses for."""
    ends = os.pipe()
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, lowest) for fd in ends]
    for fd in ends:
        os.close(fd)
    return moved


class Browser:
    def __init__(self, program):
        self.directory = tempfile.TemporaryDirectory(prefix="httptrace-page-", ignore_cleanup_errors=True)
        self.events, self.buffer, self.last = collections.deque(), b"", 0
        self.pid = self._start(program)

    def _start(self, program):
        child_in, self.out = _pipe_above(10)
        self.inward, child_out = _pipe_above(10)
        quiet = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        actions = [(os.POSIX_SPAWN_DUP2, *pair) for pair in ((quiet, 0), (quiet, 1), (quiet, 2), (child_in, 3), (child_out, 4))]
        environment = dict(os.environ, HOME=self.directory.name)
        pid = os.posix_spawn(program, [program, *OPTIONS, f"--user-data-dir={self.directory.name}/profile", "about:blank"],
                             environment, file_actions=actions, setsid=True)
        for fd in (child_in, child_out, quiet):
            os.close(fd)
        return pid

    def _message(self, deadline):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.inward], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self.inward, 1 << 20) if ready else b""
            if not piece:
                raise TimeoutError("the browser says nothing") if not ready else ConnectionError("the browser is gone")
            self.buffer += piece
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def send(self, method, session=None, **params):
        self.last += 1
        request = {"id": self.last, "method": method, "params": params}
        if session:
            request["sessionId"] = session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        return self._answer(method)

    def _answer(self, method):
        deadline = time.monotonic() + TIMEOUT_S
        while (message := self._message(deadline)).get("id") != self.last:
            self.events.append(message)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return message["result"]

    def wait(self, method):
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            found = next((event for event in self.events if event.get("method") == method), None)
            if found:
                self.events.remove(found)
                return found["params"]
            self.events.append(self._message(deadline))

    def page(self):
        return Page(self)

    def close(self):
        try:
            self.send("Browser.close")
        except (OSError, RuntimeError):
            pass
        deadline = time.monotonic() + 5
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.killpg(self.pid, signal.SIGKILL)
            time.sleep(0.02)
        os.close(self.out)
        os.close(self.inward)
        self.directory.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Page:
    """A tab."""

    def __init__(self, browser):
        self.browser = browser
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Performance"):
            self.send(f"{domain}.enable")

    def send(self, method, **params):
        return self.browser.send(method, self.session, **params)

    def show(self, width, height=900, scheme="light", media=""):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path, fragment=""):
        self.browser.events.clear()
        self.send("Page.navigate", url=pathlib.Path(path).resolve().as_uri() + fragment)
        self.browser.wait("Page.loadEventFired")

    def run(self, script):
        done = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"].get("exception", {}).get("description") or done["exceptionDetails"]["text"])
        return done["result"].get("value")

    def press(self, key, text=None):
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        common = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": codes[key]}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **common, **({"text": text} if text else {}))
        self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def complaints(self):
        """What the console would show, and whatever was fetched but the page."""
        self.run("0")
        for event in self.browser.events:
            params = event.get("params", {})
            if event.get("method") == "Log.entryAdded":
                yield params["entry"]["text"]
            elif event.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                yield json.dumps(params)[:300]
            elif event.get("method") == "Network.requestWillBeSent" and params["request"]["url"] != params["documentURL"]:
                yield f"fetched {params['request']['url']}"

    def metrics(self):
        return {metric["name"]: metric["value"] for metric in self.send("Performance.getMetrics")["metrics"]}

    def picture(self, path, height=None):
        whole = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": whole["width"], "height": height or whole["height"], "scale": 1}
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))
