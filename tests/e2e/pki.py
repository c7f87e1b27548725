# SPDX-License-Identifier: MIT
"""Makes a throw-away PKI with the openssl CLI: a CA, leaf certificates for every case, a client, OCSP answers."""

import pathlib
import subprocess

SAN = "DNS:localhost,DNS:*.example.test,IP:127.0.0.1,IP:::1"

CONFIG = """
[ca]
default_ca = it
[it]
dir = {dir}
database = $dir/index.txt
serial = $dir/serial
new_certs_dir = $dir
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
organizationName = optional
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = {usage}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[req]
distinguished_name = dn
[dn]
"""


class Pki:
    """Files of one PKI in `dir`. Leaves are NAME.pem (leaf, then any intermediate) and NAME.key."""

    def __init__(self, directory):
        self.dir = pathlib.Path(directory)
        self.ca = str(self.dir / "ca.pem")
        self._write_databases()
        self._root()
        self._leaf("rsa", "localhost", SAN, algorithm="rsa")
        self._leaf("ec", "localhost", SAN)
        self._leaf("client", "a client", "DNS:client.example.test", usage="clientAuth")
        self._leaf("mismatch", "elsewhere.example.test", "DNS:elsewhere.example.test")
        self._leaf("expired", "localhost", SAN, dates=("20200101000000Z", "20210101000000Z"))
        self._leaf("revoked", "localhost", SAN)
        self._intermediate()
        self._leaf("chain", "localhost", SAN, issuer="intermediate")
        self._append("chain.pem", "intermediate.pem")
        self._self_signed()
        self.openssl(
            "ca",
            "-config",
            self._config(),
            "-batch",
            "-revoke",
            self.path("revoked.pem"),
            "-cert",
            self.ca,
            "-keyfile",
            self.path("ca.key"),
        )
        for name in ("ec", "revoked"):
            self._ocsp(name)
            self._with_root(name)

    def path(self, name):
        return str(self.dir / name)

    def cert(self, name):
        return self.path(name + ".pem")

    def key(self, name):
        return self.path(name + ".key")

    def ocsp(self, name):
        """The DER of an OCSP response for the leaf: "ec" is good, "revoked" is revoked."""
        return self.path(name + ".ocsp")

    def hashed_ca_dir(self):
        """A directory for SSL_CERT_DIR that holds the root."""
        path = self.dir / "hashed"
        if not path.exists():
            path.mkdir()
            (path / "ca.pem").write_text(pathlib.Path(self.ca).read_text(encoding="ascii"), encoding="ascii")
            self.openssl("rehash", str(path))
        return str(path)

    def sha256(self, name):
        """Lower-case hex of the leaf's DER digest."""
        out = self.openssl("x509", "-in", self.cert(name), "-noout", "-fingerprint", "-sha256")
        return out.split("=", 1)[1].replace(":", "").strip().lower()

    def _write_databases(self):
        (self.dir / "index.txt").write_text("")
        (self.dir / "serial").write_text("1000\n")

    def _config(self, usage="serverAuth"):
        path = self.dir / f"ca-{usage}.cnf"
        path.write_text(CONFIG.format(dir=self.dir, usage=usage))
        return str(path)

    def _root(self):
        self.openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            self.path("ca.key"),
            "-out",
            self.ca,
            "-days",
            "30",
            "-subj",
            "/CN=httptrace test root/O=httptrace",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign,digitalSignature",
        )

    def _request(self, name, common_name, san, algorithm):
        kind = ["rsa:2048"] if algorithm == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        extra = ["-addext", "subjectAltName=" + san] if san else []
        self.openssl(
            "req",
            "-new",
            "-newkey",
            *kind,
            "-nodes",
            "-config",
            self._config(),
            "-keyout",
            self.key(name),
            "-out",
            self.path(name + ".csr"),
            "-subj",
            f"/CN={common_name}/O=httptrace",
            *extra,
        )

    def _sign(self, name, issuer, section, dates, usage):
        when = ["-startdate", dates[0], "-enddate", dates[1]] if dates else ["-days", "20"]
        self.openssl(
            "ca",
            "-config",
            self._config(usage),
            "-batch",
            "-notext",
            "-in",
            self.path(name + ".csr"),
            "-out",
            self.cert(name),
            "-cert",
            self.cert(issuer),
            "-keyfile",
            self.key(issuer),
            "-extensions",
            section,
            *when,
        )

    def _leaf(self, name, common_name, san, algorithm="ec", issuer="ca", dates=None, usage="serverAuth"):
        self._request(name, common_name, san, algorithm)
        self._sign(name, issuer, "leaf", dates, usage)

    def _intermediate(self):
        self._request("intermediate", "httptrace test intermediate", None, "ec")
        self._sign("intermediate", "ca", "intermediate", None, "serverAuth")

    def _self_signed(self):
        self.openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            self.key("selfsigned"),
            "-out",
            self.cert("selfsigned"),
            "-days",
            "30",
            "-subj",
            "/CN=localhost/O=httptrace",
            "-addext",
            "subjectAltName=" + SAN,
        )

    def _append(self, onto, what):
        with open(self.path(onto), "a", encoding="ascii") as out:
            out.write((self.dir / what).read_text())

    def _with_root(self, name):
        """NAMEfull.pem sends the root as well: curl's --cert-status finds the issuer only there."""
        for suffix, parts in ((".pem", (name + ".pem", "ca.pem")), (".key", (name + ".key",))):
            for part in parts:
                self._append(f"{name}full{suffix}", part)

    def _ocsp(self, name):
        self.openssl(
            "ocsp",
            "-index",
            self.path("index.txt"),
            "-CA",
            self.ca,
            "-rsigner",
            self.ca,
            "-rkey",
            self.path("ca.key"),
            "-issuer",
            self.ca,
            "-cert",
            self.cert(name),
            "-respout",
            self.ocsp(name),
            "-ndays",
            "7",
            "-no_nonce",
        )

    def openssl(self, *args):
        done = subprocess.run(["openssl", *args], capture_output=True, text=True, timeout=60, check=False, cwd=self.dir)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(args)}: {done.stderr}")
        return done.stdout
