# SPDX-License-Identifier: MIT
"""The directory that a command is run in: the files that cases refer to; and, afterwards, what is different there."""

import os
import shutil
import stat
import subprocess

JAR = """# Netscape HTTP Cookie File
127.0.0.1	FALSE	/	FALSE	0	kept	session
127.0.0.1	FALSE	/sub	FALSE	2145916800	lasting	in sub
.example.test	TRUE	/	FALSE	2145916800	dom	ain
#HttpOnly_127.0.0.1	FALSE	/	TRUE	2145916800	safe	only
127.0.0.1	FALSE	/	FALSE	631152000	gone	long ago
"""
FILES = {
    "data.txt": b"line one\nline two\r\nlast & end=1",
    "bin.dat": bytes(range(256)),
    "empty": b"",
    "body.json": '{\n  "name": "caf\u00e9",\n  "n": [1, 2]\n}\n'.encode(),
    "headers.txt": b"X-From: a file\nX-Empty;\n# X-Comment: no\nX-Gone:\n\n  X-Indented: yes\nX-Last: no line end",
    "jar": JAR.encode(),
    "head-jar": b"Set-Cookie: fromhead=1; path=/\nSet-Cookie: other=2; domain=example.test\n",
    "netrc": b"machine 127.0.0.1 login user password secret\nmachine host.example.test\n  login other\n  password \"with space\"\ndefault login any password one\n",
    ".netrc": b"machine 127.0.0.1 login home password of-home\n",
    "a b.txt": b"a name with a space\n",
    "page.html": b"<p>page</p>\n",
    "photo.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\r\n--not a boundary\r\n",
    "kept": b"0123456789" * 3,
    "big.bin": bytes(range(256)) * 1024,
    "config": b"# a comment\nheader = \"X-Config: \\\"quoted\\\" \\t tab\"\nuser-agent config/1\n-d one=1\ndata: \"two=2\"\n",
    "tag": b'"abc"\n',
    "hsts": b'# HSTS\n.sub.example.test "20371231 23:59:59"\nupgrade.test "20371231 23:59:59"\n',
    "altsvc": b"# Alt-Svc\n",
    "script.sh": b"#!/bin/sh\n",
}
OLD = 1546430400  # 2019-01-02 12:00:00 UTC
NOW = 1600000000  # later than this was made by the run


def make(directory):
    shutil.rmtree(directory, ignore_errors=True)
    os.mkdir(directory)
    os.mkdir(os.path.join(directory, "dir"))
    for name, data in FILES.items():
        path = os.path.join(directory, name)
        with open(path, "wb") as out:
            out.write(data)
        os.chmod(path, 0o600)
        os.utime(path, (OLD, OLD))


def look(directory):
    """Name -> (mode, time of modification where it is old, bytes) of all but the files that are as they were."""
    found = {}
    for top, dirs, names in os.walk(directory):
        for name in dirs + names:
            path = os.path.join(top, name)
            about = os.lstat(path)
            data = b""
            if stat.S_ISREG(about.st_mode):
                with open(path, "rb") as file:
                    data = file.read()
            short = os.path.relpath(path, directory)
            when = "now" if about.st_mtime > NOW else int(about.st_mtime)
            if FILES.get(short) == data and when == OLD and stat.S_IMODE(about.st_mode) == 0o600:
                continue
            found[short] = (oct(about.st_mode), when, data)
    return found


def more_pki(pki):
    """What the options of TLS take beside: a revocation list, DER and encrypted forms, a hash of a public key."""
    path = pki.path
    pki.openssl("ca", "-config", path("ca-serverAuth.cnf"), "-gencrl", "-crldays", "30", "-cert", pki.ca, "-keyfile", path("ca.key"), "-out", path("crl.pem"))
    pki.openssl("x509", "-in", path("client.pem"), "-outform", "DER", "-out", path("client.der"))
    pki.openssl("pkey", "-in", path("client.key"), "-outform", "DER", "-out", path("client.key.der"))
    pki.openssl("pkey", "-in", path("client.key"), "-aes128", "-passout", "pass:open", "-out", path("client.locked"))
    pki.openssl("x509", "-in", path("ec.pem"), "-pubkey", "-noout", "-out", path("ec.pub"))
    subprocess.run(f"cat {path('client.pem')} {path('client.key')} > {path('both.pem')}", shell=True, check=True)
    pin = subprocess.run(f"openssl pkey -pubin -in {path('ec.pub')} -outform DER | openssl dgst -sha256 -binary | base64", shell=True,
                         check=True, capture_output=True, text=True).stdout.strip()
    pki.hashed_ca_dir()
    pki.pin = pin
    return pki
