# SPDX-License-Identifier: MIT
"""Real servers for cases: those of the end-to-end tests, and a few more that refuse, drop or lie."""

import contextlib
import os
import socket
import subprocess
import sys

from shared import ROOT, Skip, quiet

sys.path.insert(0, str(ROOT / "tests" / "e2e"))
try:
    import pki
    from servers import caddy, faults, go_http, haproxy, interceptor, nghttpd, nginx, openssl_s, socks, squid, tinyproxy
    from servers.base import Server, find
except ImportError as missing:  # pytest, by which they skip
    Server = object
    MISSING = str(missing)
else:
    MISSING = ""

REFUSING = """
global
  maxconn 100
defaults
  mode http
  timeout connect 1s
  timeout client 20s
  timeout server 20s
  timeout tarpit 700ms
  retries 0
frontend reset
  mode tcp
  bind 127.0.0.1:{reset}
  tcp-request connection reject
  default_backend gone_tcp
frontend dropping
  mode tcp
  bind 127.0.0.1:{dropping}
  tcp-request inspect-delay 5s
  tcp-request content silent-drop if {{ req.ssl_hello_type 1 }}
  default_backend gone_tcp
frontend gone_tcp
  mode tcp
  bind 127.0.0.1:{gone_tcp}
  default_backend gone_tcp
frontend waiting
  mode tcp
  bind 127.0.0.1:{waiting}
  tcp-request inspect-delay 30s
  tcp-request content accept if WAIT_END
  default_backend gone_tcp
frontend http
  bind 127.0.0.1:{http}
  bind 127.0.0.1:{https} ssl crt {pem} alpn h2,http/1.1
  http-request deny if {{ path /deny }}
  http-request deny deny_status 429 if {{ path /busy }}
  http-request tarpit if {{ path /tarpit }}
  http-request reject if {{ path /reject }}
  http-request silent-drop if {{ path /drop }}
  http-request return status 200 content-type text/plain string "fine" if {{ path /fine }}
  default_backend gone
backend gone
  server nobody 127.0.0.1:1
backend gone_tcp
  mode tcp
  server nobody 127.0.0.1:1
"""


class Refusing(Server):
    """HAProxy in its ways to refuse. Ports: reset, dropping (silent-drop), gone_tcp, waiting, http and https (by path)."""

    program = "haproxy"
    port_names = ("reset", "dropping", "gone_tcp", "waiting", "http", "https")
    plain_ports = ("http",)

    def configure(self):
        pem = self.dir / "pair.pem"
        with open(pem, "w", encoding="ascii") as out:
            for path in (self.pki.cert("ec"), self.pki.key("ec")):
                with open(path, encoding="ascii") as part:
                    out.write(part.read())
        (self.dir / "haproxy.cfg").write_text(REFUSING.format(pem=pem, **self.port))

    def command(self):
        return [self.path, "-db", "-q", "-f", str(self.dir / "haproxy.cfg")]


ON_A_SOCKET = """
daemon off;
master_process off;
pid {dir}/pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
  keepalive_requests 1;
  client_max_body_size 100k;
  server {{ listen unix:{dir}/socket; listen 127.0.0.1:{once};
    location / {{ return 200 "hello\\n"; }}
    location /upload {{ proxy_pass http://127.0.0.1:1; }} }}
  server {{ listen 127.0.0.1:{once_tls} ssl http2; ssl_certificate {cert}; ssl_certificate_key {key};
    location / {{ return 200 "hello\\n"; }} }}
}}
"""


class OneRequest(Server):
    """nginx that serves one request per connection. Ports: once, once_tls (h2); `socket` is a Unix one."""

    program = "nginx"
    port_names = ("once", "once_tls")
    plain_ports = ("once",)

    @property
    def socket(self):
        return str(self.dir / "socket")

    def configure(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)
        values = {"dir": self.dir, "cert": self.pki.cert("ec"), "key": self.pki.key("ec"), **self.port}
        (self.dir / "nginx.conf").write_text(ON_A_SOCKET.format(**values))

    def command(self):
        return [self.path, "-p", str(self.dir), "-c", str(self.dir / "nginx.conf"), "-e", "stderr"]


# ---- a resolver that lies ----

SERVER = "93.184.216.34"  # a public address: here it is this host's own
PRIVATE = "10.9.8.7"
FAKE = "198.18.0.9"
DNSMASQ = """
no-resolv
no-hosts
bind-interfaces
listen-address=127.0.0.1
log-facility=/dev/null
keep-in-foreground
address=/www.example.com/{server}
address=/zero.example.com/0.0.0.0
address=/sinkhole.example.com/10.66.66.66
address=/loopback.example.com/127.0.0.1
address=/split.example.com/{private}
address=/box.internal/{private}
address=/fake.example.com/{fake}
address=/gone.example.com/
txt-record=text.example.com,nothing else
local=/text.example.com/
server=/quiet.example.com/127.0.0.1#5399
"""


class Liar:
    """A network namespace with dnsmasq as its resolver, and a lab that is called whatever is asked for. Root only."""

    def __init__(self, world):
        world.need_root()
        self.path, self.unshare, self.world = find("dnsmasq"), find("unshare"), world
        self.folder = world.path("liar")
        self.processes = []

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        config = os.path.join(self.folder, "dnsmasq.conf")
        self._write("dnsmasq.conf", DNSMASQ.format(server=SERVER, private=PRIVATE, fake=FAKE))
        self._write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        steps = [
            f"mount --bind {self.folder}/resolv.conf /etc/resolv.conf",
            "ip link set lo up",
            *(f"ip addr add {address}/32 dev lo" for address in (SERVER, PRIVATE, FAKE)),
            "echo ready",
            f"exec {self.path} -C {config} --pid-file={self.folder}/pid --user=root",
        ]
        try:
            self._start([self.unshare, "-n", "-m", "sh", "-ec", "\n".join(steps)]).readline()
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(timeout=10)
            process.stdout.close()
        self.processes = []

    def inside(self):
        """What stands before a command that is to run in there."""
        return ["nsenter", "-t", str(self.processes[0].pid), "-n", "-m"]

    def lab(self, name, row="healthy.h2"):
        """URL and CA of a lab on the public address (HTTPS) that carries this name."""

        def start():
            ca = os.path.join(self.folder, f"{name}-{row}.pem")
            command = [
                *self.inside(),
                self.world.lab,
                "--host",
                self._address(name),
                "--name",
                name,
                "--ca-file",
                ca,
                row,
            ]
            out = self._start(command)
            out.readline()
            return out.readline().split()[1], ca

        return self.world.shared(("liar", name, row), start)

    @staticmethod
    def _address(name):
        return {"split": PRIVATE, "box": PRIVATE, "fake": FAKE, "loopback": "127.0.0.1"}.get(name.split(".")[0], SERVER)

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(text)

    def _start(self, command):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=faults_die())
        self.processes.append(process)
        return process.stdout

    def _wait(self):
        for _ in range(100):
            asked = subprocess.run(
                [*self.inside(), "getent", "ahostsv4", "www.example.com"], capture_output=True, check=False
            )
            if SERVER in asked.stdout.decode():
                return
        raise Skip("dnsmasq does not answer in a namespace of its own")


def faults_die():
    from servers.base import die_with_parent  # pylint: disable=import-outside-toplevel

    return die_with_parent


# ---- all of them by name ----


def make(name, world):
    """The server of that name, not yet started."""
    if MISSING:
        raise Skip(f"the servers of the end-to-end tests: {MISSING}")
    keys = world.shared("pki", lambda: _pki(world))
    makers = {
        "nginx": lambda: nginx.Nginx(keys),
        "caddy": lambda: caddy.Caddy(keys),
        "goserver": lambda: go_http.GoHttp(keys),
        "haproxy": lambda: haproxy.Haproxy(keys, server("nginx", world).port["plain"]),
        "nghttpd": lambda: nghttpd.Nghttpd(keys, trailer=True),
        "nghttpd_h2c": lambda: nghttpd.Nghttpd(keys, tls=False),
        "nghttpd_push": lambda: nghttpd.Nghttpd(keys, push=True),
        "squid": lambda: squid.Squid(keys),
        "tinyproxy": lambda: tinyproxy.Tinyproxy(keys),
        "bump": lambda: interceptor.SquidBump(keys),
        "mitmproxy": lambda: interceptor.Mitmproxy(keys),
        "slow_backend": lambda: haproxy.SlowBackend(keys, fault("mute", faults.mute, world).port),
        "refusing": lambda: Refusing(keys),
        "once": lambda: OneRequest(keys),
        "liar": lambda: Liar(world),
    }
    return makers[name]()


def _pki(world):
    folder = world.path("pki")
    os.makedirs(folder)
    os.chmod(folder, 0o755)
    return pki.Pki(folder)


def keys(world):
    if MISSING:
        raise Skip(f"the servers of the end-to-end tests: {MISSING}")
    return world.shared("pki", lambda: _pki(world))


def server(name, world):
    """The server of that name, running."""
    return world.shared(("server", name), lambda: make(name, world))


def s_server(world, *options, leaf="ec"):
    """openssl s_server with these options, running."""
    return world.shared(("s_server", leaf, *options), lambda: openssl_s.SServer(keys(world), *options, leaf=leaf))


def fault(name, handler, world, tls=False):
    """A small server that does one thing with each connection, running; `name` tells it from others."""
    if MISSING:
        raise Skip(f"the servers of the end-to-end tests: {MISSING}")
    return world.shared(("fault", name, tls), lambda: faults.Fault(handler, keys(world) if tls else None))


def socks5(world, **options):
    return world.shared(("socks5", *options.items()), lambda: socks.Socks5(**options))


def closed_port():
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


__all__ = ["fault", "keys", "make", "quiet", "s_server", "server", "socks5", "closed_port", "MISSING"]
