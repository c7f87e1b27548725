# SPDX-License-Identifier: MIT
"""squid: an HTTP proxy open to loopback, one that asks for a password, and one reached over TLS."""

import os
import pwd

from servers.base import Server

HELPER = "/usr/lib/squid/basic_ncsa_auth"

CONFIG = """
http_port 127.0.0.1:{open} name=open
http_port 127.0.0.1:{password} name=password
https_port 127.0.0.1:{https} name=https {pair}
pid_filename {dir}/pid
coredump_dir {dir}
cache_log {dir}/cache.log
access_log none
cache deny all
shutdown_lifetime 1 seconds
dns_nameservers 127.0.0.1
visible_hostname proxy.example.test
auth_param basic program {helper} {dir}/passwd
auth_param basic realm proxy
auth_param basic children 1 startup=0 idle=1
acl onpassword myportname password
acl denied dstdomain forbidden.example.test
acl known proxy_auth REQUIRED
acl CONNECT method CONNECT
http_access deny denied
http_access allow onpassword known
http_access deny onpassword
http_access allow localhost
http_access deny all
"""


class Squid(Server):
    """Ports: open, password (user:secret), https when squid was built with OpenSSL. forbidden.example.test is 403."""

    program = "squid"
    port_names = ("open", "password", "https")
    plain_ports = ("open", "password")

    def configure(self):
        (self.dir / "passwd").write_text("user:" + self._crypt("secret") + "\n")
        pair = f"tls-cert={self.pki.cert('ec')} tls-key={self.pki.key('ec')}"
        (self.dir / "squid.conf").write_text(CONFIG.format(dir=self.dir, helper=HELPER, pair=pair, **self.port))
        self._hand_over()

    def _crypt(self, word):
        return self.pki.openssl("passwd", "-apr1", word).strip()

    def _hand_over(self):
        """Run by root, squid becomes `proxy` and must still write here."""
        if os.geteuid() == 0:
            user = pwd.getpwnam("proxy")
            for path in (self.dir, *self.dir.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)

    def log(self):
        cache_log = self.dir / "cache.log"
        return super().log() + (cache_log.read_text(errors="replace")[-4000:] if cache_log.exists() else "")

    def command(self):
        # Squids that share a name share memory: each gets one of its own.
        service = "".join(c for c in self.dir.name if c.isalnum())
        return [self.path, "-N", "-n", service, "-f", str(self.dir / "squid.conf")]
