# SPDX-License-Identifier: MIT
"""Fixtures: one PKI and at most one of each server for a whole test file's process."""

import os
import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import pki as pki_module
from servers import caddy as caddy_module
from servers import go_http, haproxy as haproxy_module, nghttpd as nghttpd_module, nginx as nginx_module
from servers import squid as squid_module, tinyproxy as tinyproxy_module


def pytest_collection_modifyitems(items):
    if not os.environ.get("HTTPTRACE"):
        for item in items:
            item.add_marker(pytest.mark.skip(reason="SKIP: HTTPTRACE does not name the program"))


@pytest.fixture(scope="session")
def pki():
    with tempfile.TemporaryDirectory(prefix="httptrace-pki-") as directory:
        yield pki_module.Pki(directory)


def server_fixture(make):
    """A session fixture from a function (pki) -> server."""

    @pytest.fixture(scope="session")
    def fixture(pki):
        with make(pki) as server:
            yield server

    return fixture


nginx = server_fixture(nginx_module.Nginx)
caddy = server_fixture(caddy_module.Caddy)
goserver = server_fixture(go_http.GoHttp)
squid = server_fixture(squid_module.Squid)
tinyproxy = server_fixture(tinyproxy_module.Tinyproxy)
nghttpd = server_fixture(lambda pki: nghttpd_module.Nghttpd(pki, trailer=True))
nghttpd_h2c = server_fixture(lambda pki: nghttpd_module.Nghttpd(pki, tls=False))
nghttpd_push = server_fixture(lambda pki: nghttpd_module.Nghttpd(pki, push=True))


@pytest.fixture(scope="session")
def haproxy(pki, nginx):
    with haproxy_module.Haproxy(pki, nginx.port["plain"]) as server:
        yield server
