# SPDX-License-Identifier: MIT
"""nginx: HTTP/1.1 and HTTP/2, in clear and over every TLS setting that the tests ask for, one port each."""

import os
import pathlib

from servers.base import Server

BROTLI = pathlib.Path("/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so")

MAIN = """
{modules}
daemon off;
master_process off;
{user}
pid {dir}/pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  client_max_body_size 64m;
  default_type text/plain;
  keepalive_timeout 60;
  gzip_types text/plain;
  gzip_min_length 100;
{servers}
}}
"""

LOCATIONS = """
    root {dir}/www;
    location = /gzip.txt {{ gzip on; }}
    location = /br.txt {{ {brotli} }}
    location = /nothing {{ return 204; }}
    location = /drop {{ return 444; }}
    location = /moved {{ return 302 /hello.txt; }}
    location = /denied {{ return 403; }}
    location = /dead {{ proxy_pass http://127.0.0.1:1; }}
    location = /private {{ auth_basic "here"; auth_basic_user_file {dir}/passwd; try_files /hello.txt =404; }}
    location = /sink {{ proxy_pass http://127.0.0.1:{plain}/swallow; }}
    location = /swallow {{ client_body_in_single_buffer on; return 200 "swallowed\\n"; }}
"""

TOLD = """location = /told { default_type text/plain; return 200
    "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port\n"; }"""
TLS = "ssl_certificate {cert}; ssl_certificate_key {key}; "


class Nginx(Server):
    """Ports: plain, h2c, tls (1.2 and 1.3, EC), rsa, tls12, tls13, h1only, reject, client, staple, revoked, expired, chain,
    told (wants the PROXY protocol's line and answers with what it says), told_h2c, told_tls."""

    program = "nginx"
    port_names = (
        "plain",
        "h2c",
        "tls",
        "rsa",
        "tls12",
        "tls13",
        "h1only",
        "reject",
        "client",
        "staple",
        "revoked",
        "expired",
        "mismatch",
        "chain",
        "told",
        "told_tls",
        "told_h2c",
    )
    plain_ports = ("plain", "h2c", "told", "told_h2c")

    def configure(self):
        www = self.dir / "www"
        www.mkdir(exist_ok=True)
        (www / "index.html").write_text("index\n")
        (www / "hello.txt").write_text("hello\n")
        (www / "gzip.txt").write_text("compress me " * 400)
        (www / "br.txt").write_text("compress me " * 400)
        (www / "small.bin").write_bytes(bytes(range(256)) * 800)
        with open(www / "large.bin", "wb") as large:
            large.truncate(10 * 1024 * 1024)
        (self.dir / "passwd").write_text("user:{PLAIN}secret\n")
        (self.dir / "nginx.conf").write_text(
            MAIN.format(
                dir=self.dir,
                modules=f"load_module {BROTLI};" if self.has_brotli() else "",
                user="user root;" if os.geteuid() == 0 else "",
                servers="\n".join(self._servers()),
            )
        )

    def command(self):
        return [self.path, "-p", str(self.dir), "-c", str(self.dir / "nginx.conf"), "-e", "stderr"]

    @staticmethod
    def has_brotli():
        return BROTLI.exists()

    def _servers(self):
        staple = "ssl_stapling on; ssl_stapling_file "
        yield self._server("plain", "")
        yield self._server("h2c", "http2", "")
        yield self._tls("tls", "ec")
        yield self._tls("rsa", "rsa")
        yield self._tls("tls12", "ec", "ssl_protocols TLSv1.2;")
        yield self._tls("tls13", "ec", "ssl_protocols TLSv1.3;")
        yield self._tls("h1only", "ec", listen="ssl")
        yield self._server("reject", "ssl http2", "ssl_reject_handshake on;")
        yield self._tls("client", "ec", f"ssl_verify_client on; ssl_client_certificate {self.pki.ca};")
        yield self._tls("staple", "ecfull", f"{staple}{self.pki.ocsp('ec')};")
        yield self._tls("revoked", "revokedfull", f"{staple}{self.pki.ocsp('revoked')};")
        for name in ("expired", "mismatch", "chain"):
            yield self._tls(name, name)
        yield self._server("told", "proxy_protocol", TOLD)
        yield self._server("told_h2c", "http2 proxy_protocol", TOLD)
        yield self._tls("told_tls", "ec", TOLD, "ssl http2 proxy_protocol")

    def _keys(self, leaf):
        return TLS.format(cert=self.pki.cert(leaf), key=self.pki.key(leaf))

    def _tls(self, port_name, leaf, extra="", listen="ssl http2"):
        versions = "" if "ssl_protocols" in extra else "ssl_protocols TLSv1.2 TLSv1.3; "
        return self._server(port_name, listen, self._keys(leaf) + versions + extra)

    def _server(self, port_name, listen, settings=""):
        brotli = "brotli on; brotli_types text/plain; brotli_min_length 100;" if self.has_brotli() else ""
        locations = LOCATIONS.format(dir=self.dir, brotli=brotli, plain=self.port["plain"])
        port = self.port[port_name]
        return (
            f"  server {{ listen 127.0.0.1:{port} {listen}; listen [::1]:{port} {listen}; server_name localhost; "
            f"{settings}\n{locations}  }}"
        )
