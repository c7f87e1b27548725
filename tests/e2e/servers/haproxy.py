# SPDX-License-Identifier: MIT
"""HAProxy in front of a backend: h1 and h2 over TLS, strict-sni, a dead backend, a reject."""

from servers.base import Server

CONFIG = """
global
  maxconn 200
  ssl-default-bind-options ssl-min-ver TLSv1.2
  tune.ssl.default-dh-param 2048
defaults
  mode http
  timeout connect 2s
  timeout client 20s
  timeout server 20s
frontend plain
  bind 127.0.0.1:{plain}
  default_backend good
frontend h2c
  bind 127.0.0.1:{h2c} proto h2
  default_backend good
frontend tls
  bind 127.0.0.1:{tls} ssl crt {pem} alpn h2,http/1.1
  default_backend good
frontend strict
  bind 127.0.0.1:{strict} ssl crt {pem} strict-sni alpn h2,http/1.1
  default_backend good
frontend dead
  bind 127.0.0.1:{dead} ssl crt {pem} alpn h2,http/1.1
  default_backend gone
frontend closing
  mode tcp
  bind 127.0.0.1:{closing}
  tcp-request inspect-delay 5s
  tcp-request content reject if {{ req.ssl_hello_type 1 }}
  default_backend tcpgood
frontend told
  bind 127.0.0.1:{told} accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] %[dst] %[dst_port]\\n"
frontend told_tls
  bind 127.0.0.1:{told_tls} accept-proxy ssl crt {pem} alpn h2,http/1.1
  http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] %[dst] %[dst_port]\\n"
backend good
  server nginx 127.0.0.1:{backend}
backend tcpgood
  mode tcp
  server nginx 127.0.0.1:{backend}
backend gone
  server nobody 127.0.0.1:1
"""


class Haproxy(Server):
    """Ports: plain, h2c, tls, strict (only names of its certificate), dead (503), closing (FIN upon a ClientHello), told and
    told_tls (want the PROXY protocol's line and answer with what it says)."""

    program = "haproxy"
    port_names = ("plain", "h2c", "tls", "strict", "dead", "closing", "told", "told_tls")
    plain_ports = ("plain", "h2c", "told")

    def __init__(self, pki, backend_port):
        super().__init__(pki)
        self.backend_port = backend_port

    def configure(self):
        pem = self.dir / "pair.pem"
        with open(pem, "w", encoding="ascii") as out:
            for path in (self.pki.cert("ec"), self.pki.key("ec")):
                with open(path, encoding="ascii") as part:
                    out.write(part.read())
        (self.dir / "haproxy.cfg").write_text(CONFIG.format(pem=pem, backend=self.backend_port, **self.port))

    def command(self):
        return [self.path, "-db", "-q", "-f", str(self.dir / "haproxy.cfg")]


SLOW = """
global
  maxconn 50
defaults
  mode http
  timeout connect 2s
  timeout client 20s
  timeout server 300ms
frontend plain
  bind 127.0.0.1:{plain}
  default_backend slow
backend slow
  server slow 127.0.0.1:{backend}
"""


class SlowBackend(Server):
    """Port: plain. What is behind has 300 ms to answer: 504 after that."""

    program = "haproxy"
    port_names = ("plain",)
    plain_ports = ("plain",)

    def __init__(self, pki, backend_port):
        super().__init__(pki)
        self.backend_port = backend_port

    def configure(self):
        (self.dir / "haproxy.cfg").write_text(SLOW.format(backend=self.backend_port, **self.port))

    def command(self):
        return [self.path, "-db", "-q", "-f", str(self.dir / "haproxy.cfg")]
