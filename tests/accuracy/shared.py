# SPDX-License-Identifier: MIT
"""What cases share: the programs, a folder of files, and servers that start when the first case asks for them."""

import contextlib
import os
import pathlib
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Skip(Exception):
    """A case cannot run here; the text says why."""


class World:
    def __init__(self, httptrace, lab):
        self.httptrace, self.lab = os.path.abspath(httptrace), os.path.abspath(lab)
        self.folder = None
        self._stack = contextlib.ExitStack()
        self._things = {}
        self._locks = {}
        self._lock = threading.Lock()

    def __enter__(self):
        self.folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="httptrace-accuracy-"))
        os.chmod(self.folder, 0o755)  # servers that drop root read from it
        for name, size in (("1MiB", 1 << 20), ("300KB", 300_000)):
            with open(os.path.join(self.folder, name), "wb") as upload:
                upload.write(b"healthy " * (size // 8))
        return self

    def __exit__(self, *error):
        self._stack.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def shared(self, name, make):
        """What `make()` gives, entered if it is a context manager; made once, by the first who asks."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._things:
                self._things[name] = self._enter(make)
        thing = self._things[name]
        if isinstance(thing, BaseException):
            raise Skip(str(thing) or type(thing).__name__)
        return thing

    def _enter(self, make):
        try:
            made = make()
            if not hasattr(made, "__exit__"):
                return made
            with self._lock:
                return self._stack.enter_context(made)
        # A missing program skips by raising what is no Exception where pytest is in use.
        except BaseException as error:  # pylint: disable=broad-except
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            return error

    @staticmethod
    def need_root():
        if os.geteuid() != 0:
            raise Skip("root only")


def quiet(*command):
    """Runs a command that must succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout
