# SPDX-License-Identifier: MIT
"""nghttpd: the HTTP/2 server of nghttp2, in clear or over TLS, with trailers and server push."""

from servers.base import Server


class Nghttpd(Server):
    """Port: h2. `tls` False serves prior-knowledge h2c; every answer carries the trailer x-checked: yes when asked for."""

    program = "nghttpd"
    port_names = ("h2",)

    def __init__(self, pki, tls=True, trailer=False, push=False):
        super().__init__(pki)
        self.tls, self.trailer, self.push = tls, trailer, push
        self.plain_ports = () if tls else ("h2",)

    def configure(self):
        www = self.dir / "www"
        www.mkdir(exist_ok=True)
        (www / "index.html").write_text("index\n")
        (www / "pushed.txt").write_text("pushed\n")
        (www / "small.bin").write_bytes(bytes(range(256)) * 800)

    def command(self):
        options = ["-d", str(self.dir / "www"), "-a", "127.0.0.1"]
        if self.trailer:
            options += ["--trailer", "x-checked: yes"]
        if self.push:
            options += ["-p", "/index.html=/pushed.txt"]
        if not self.tls:
            return [self.path, "--no-tls", *options, str(self.port["h2"])]
        return [self.path, *options, str(self.port["h2"]), self.pki.key("ec"), self.pki.cert("ec")]
