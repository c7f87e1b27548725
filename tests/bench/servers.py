# SPDX-License-Identifier: MIT
"""Servers to measure against, on loopback with a throw-away certificate: nginx sends files, nghttpd takes uploads."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

MIB = 1 << 20
GIB = 1 << 30
SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"

NGINX = """
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
events {{}}
http {{
    access_log off;
    root {dir}/files;
    sendfile on;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    ssl_certificate {dir}/chain.pem;
    ssl_certificate_key {dir}/leaf.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    server {{ listen 127.0.0.1:{h2} ssl http2; }}
    server {{ listen 127.0.0.1:{h1_tls} ssl; }}
    server {{ listen 127.0.0.1:{h1}; }}
}}
"""


def _free_ports(count):
    held = []
    for _ in range(count):
        held.append(socket.create_server(("127.0.0.1", 0)))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def _sparse(path, size):
    with open(path, "wb") as f:
        f.truncate(size)


def _sbin(program):
    return shutil.which(program) or "/usr/sbin/" + program


def _wait_for(port, process):
    for _ in range(100):
        if process.poll() is not None:
            raise OSError(f"{process.args[0]} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise OSError(f"{process.args[0]} does not listen")


class Servers:
    """Within `with`: h2, h1_tls, h1, upload are URLs; certificate and bundle trust them; upload_file is 100 MiB."""

    def __init__(self, directory, big):
        self.dir = pathlib.Path(directory)
        self.certificate = str(self.dir / "root.pem")
        self.bundle = str(self.dir / "bundle.pem")
        self.upload_file = str(self.dir / "files" / "100m")
        self.processes = []
        (self.dir / "files").mkdir()
        for name, size in (("1g", big), ("100m", 100 * MIB), ("10m", 10 * MIB), ("small", 512)):
            _sparse(self.dir / "files" / name, size)

    def __enter__(self):
        try:
            self._certify()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
            process.wait()

    def _issue(self, name, issuer, *extensions):
        argv = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            f"/CN={name}.example.test",
            "-keyout",
            str(self.dir / (name + ".key")),
            "-out",
            str(self.dir / (name + ".pem")),
        ]
        if issuer:
            argv += ["-CA", str(self.dir / (issuer + ".pem")), "-CAkey", str(self.dir / (issuer + ".key"))]
        for extension in extensions:
            argv += ["-addext", extension]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, capture_output=True)

    def _certify(self):
        """A leaf and an intermediate are sent, as most sites do."""
        self._issue("root", None)
        self._issue("intermediate", "root")
        self._issue(
            "leaf", "intermediate", "basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:localhost,IP:127.0.0.1"
        )
        chain = (self.dir / "leaf.pem").read_bytes() + (self.dir / "intermediate.pem").read_bytes()
        (self.dir / "chain.pem").write_bytes(chain)
        system = pathlib.Path(SYSTEM_BUNDLE).read_bytes() if os.path.exists(SYSTEM_BUNDLE) else b""
        pathlib.Path(self.bundle).write_bytes(system + pathlib.Path(self.certificate).read_bytes())

    def _start(self):
        h2, h1_tls, h1, upload = _free_ports(4)
        self.h2 = f"https://127.0.0.1:{h2}"
        self.h1_tls = f"https://127.0.0.1:{h1_tls}"
        self.h1 = f"http://127.0.0.1:{h1}"
        self.upload = f"https://127.0.0.1:{upload}"
        config = self.dir / "nginx.conf"
        config.write_text(NGINX.format(dir=self.dir, h2=h2, h1_tls=h1_tls, h1=h1))
        self._spawn([_sbin("nginx"), "-c", str(config), "-p", str(self.dir)], h1)
        self._spawn(
            [
                _sbin("nghttpd"),
                "-d",
                str(self.dir / "files"),
                "-a",
                "127.0.0.1",
                str(upload),
                str(self.dir / "leaf.key"),
                str(self.dir / "chain.pem"),
            ],
            upload,
        )

    def _spawn(self, argv, port):
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        _wait_for(port, process)
