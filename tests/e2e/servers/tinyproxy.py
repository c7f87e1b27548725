# SPDX-License-Identifier: MIT
"""tinyproxy: a second HTTP proxy, written apart from squid."""

from servers.base import Server

CONFIG = """
Port {proxy}
Listen 127.0.0.1
Timeout 30
LogLevel Warning
LogFile "{dir}/tinyproxy.log"
MaxClients 20
Allow 127.0.0.1
"""


class Tinyproxy(Server):
    """Port: proxy."""

    program = "tinyproxy"
    port_names = ("proxy",)
    plain_ports = ("proxy",)

    def configure(self):
        (self.dir / "tinyproxy.conf").write_text(CONFIG.format(dir=self.dir, **self.port))

    def command(self):
        return [self.path, "-d", "-c", str(self.dir / "tinyproxy.conf")]
