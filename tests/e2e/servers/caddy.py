# SPDX-License-Identifier: MIT
"""Caddy: Go's HTTP stack behind a configuration of its own; h1, h2 and h2c, with given certificates only."""

from servers.base import Server

CONFIG = """
{{
  admin off
  auto_https off
  skip_install_trust
  storage file_system {dir}/storage
  servers {{
    protocols h1 h2 h2c
  }}
}}
(site) {{
  encode gzip
  header /index.html X-Server caddy
  respond /nothing 204
  redir /moved /index.html 302
  root * {dir}/www
  file_server
}}
http://localhost:{plain} {{
  bind 127.0.0.1
  import site
}}
https://localhost:{tls} {{
  bind 127.0.0.1
  tls {cert} {key}
  import site
}}
"""


class Caddy(Server):
    """Ports: plain, tls."""

    program = "caddy"
    port_names = ("plain", "tls")
    plain_ports = ("plain",)

    def configure(self):
        www = self.dir / "www"
        www.mkdir(exist_ok=True)
        (www / "index.html").write_text("index " * 300 + "\n")
        (www / "small.bin").write_bytes(bytes(range(256)) * 800)
        (self.dir / "Caddyfile").write_text(
            CONFIG.format(dir=self.dir, cert=self.pki.cert("ec"), key=self.pki.key("ec"), **self.port)
        )

    def environment(self):
        return {
            **super().environment(),
            "HOME": str(self.dir),
            "XDG_CONFIG_HOME": str(self.dir),
            "XDG_DATA_HOME": str(self.dir),
        }

    def command(self):
        return [self.path, "run", "--config", str(self.dir / "Caddyfile"), "--adapter", "caddyfile"]
