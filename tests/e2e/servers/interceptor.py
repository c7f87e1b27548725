# SPDX-License-Identifier: MIT
"""Proxies that open TLS to look inside: squid with ssl-bump, and mitmproxy."""

import os
import pathlib
import pwd
import subprocess
import time

import pytest

from servers.base import READY_SECONDS, Server

CERTGEN = pathlib.Path("/usr/lib/squid/security_file_certgen")

SQUID = """
http_port 127.0.0.1:{port} ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB cert={ca} key={key}
sslcrtd_program {certgen} -s {dir}/certificates -M 4MB
sslcrtd_children 1 startup=1 idle=1
tls_outgoing_options cafile={upstream_ca}
ssl_bump bump all
pid_filename {dir}/pid
coredump_dir {dir}
cache_log {dir}/cache.log
access_log none
cache deny all
shutdown_lifetime 1 seconds
http_access allow all
"""


class SquidBump(Server):
    """Port: proxy. Its CA, `ca`, is called "Squid Proxy CA"."""

    program = "squid"
    port_names = ("proxy",)
    plain_ports = ("proxy",)

    @property
    def ca(self):
        return str(self.dir / "ca.pem")

    def configure(self):
        if not CERTGEN.exists():
            pytest.skip("SKIP: squid is built without OpenSSL")
        key = str(self.dir / "ca.key")
        self.pki.openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", self.ca, "-days", "30"),
            *("-subj", "/O=Squid/CN=Squid Proxy CA", "-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        )
        if not (self.dir / "certificates").exists():
            made = [str(CERTGEN), "-c", "-s", str(self.dir / "certificates"), "-M", "4MB"]
            subprocess.run(made, check=True, capture_output=True, timeout=30)
        (self.dir / "squid.conf").write_text(
            SQUID.format(
                port=self.port["proxy"], ca=self.ca, key=key, certgen=CERTGEN, dir=self.dir, upstream_ca=self.pki.ca
            )
        )
        if os.geteuid() == 0:  # squid becomes `proxy`
            user = pwd.getpwnam("proxy")
            for path in (self.dir, *self.dir.rglob("*"), pathlib.Path(self.pki.ca)):
                os.chown(path, user.pw_uid, user.pw_gid)
            os.chmod(pathlib.Path(self.pki.ca).parent, 0o755)

    def log(self):
        cache_log = self.dir / "cache.log"
        return super().log() + (cache_log.read_text(errors="replace")[-4000:] if cache_log.exists() else "")

    def command(self):
        # Squids that share a name share memory: each gets one of its own.
        service = "".join(c for c in self.dir.name if c.isalnum())
        return [self.path, "-N", "-n", service, "-f", str(self.dir / "squid.conf")]


class Mitmproxy(Server):
    """Port: proxy. Makes its CA, `ca`, at its start."""

    program = "mitmdump"
    port_names = ("proxy",)
    plain_ports = ("proxy",)

    @property
    def ca(self):
        return str(self.dir / "mitmproxy-ca-cert.pem")

    def command(self):
        listen = ["--listen-host", "127.0.0.1", "--listen-port", str(self.port["proxy"])]
        return [
            self.path,
            "-q",
            *listen,
            "--set",
            f"confdir={self.dir}",
            "--set",
            f"ssl_verify_upstream_trusted_ca={self.pki.ca}",
        ]

    def _wait(self):
        super()._wait()
        deadline = time.monotonic() + READY_SECONDS
        while not pathlib.Path(self.ca).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
