# SPDX-License-Identifier: MIT
"""openssl s_server: TLS alone, with any of its options, under an HTTP/1.0 status page."""

from servers.base import Server


class SServer(Server):
    """Port: tls. `options` are s_server's own; `leaf` names the certificate."""

    program = "openssl"
    port_names = ("tls",)
    keep_stdin = True

    def __init__(self, pki, *options, leaf="ec"):
        super().__init__(pki)
        self.options, self.leaf = options, leaf

    def command(self):
        return [
            self.path,
            "s_server",
            "-accept",
            f"127.0.0.1:{self.port['tls']}",
            "-cert",
            self.pki.cert(self.leaf),
            "-key",
            self.pki.key(self.leaf),
            "-www",
            *self.options,
        ]
