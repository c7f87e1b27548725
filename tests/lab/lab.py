# SPDX-License-Identifier: MIT
"""httptrace-lab from Python: its rows, a running lab, and what a client is told."""

import contextlib
import fnmatch
import os
import re
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

COLUMNS = ("code", "phase", "finding", "client", "help")
AT_A_TIME = 4


def rows(program):
    lines = subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [dict(zip(COLUMNS, re.split(r" {2,}", line))) for line in lines[1:]]


def choose(every, patterns):
    return [row for row in every if any(fnmatch.fnmatch(row["code"], pattern) for pattern in patterns or ["*"])]


def options(row):
    return [] if row["client"] == "-" else row["client"].split()


def urls(row, url):
    return [url] * max(1, options(row).count("URL"))


def arguments(row, url, ca):
    """For curl and httptrace alike."""
    given = [option for option in options(row) if option != "URL"]
    if url.startswith("https") and "--http1.1" not in given:
        given.append("--http2")
    return ["--noproxy", "*", "-m", "8", "--cacert", ca, *given, *urls(row, url)]


class Served:
    def __init__(self, chosen, process):
        self.chosen = chosen
        self.ca = process.stdout.readline().split()[1]
        self.url = dict(process.stdout.readline().split() for _ in chosen)
        self.exit_code = None

    def each(self, check):
        """Runs check(row, url) for every row, gives "code: what is wrong" for those where it gave something."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            results = list(pool.map(lambda row: check(row, self.url[row["code"]]), self.chosen))
        return [f"{row['code']}: {result}" for row, result in zip(self.chosen, results) if result]


@contextlib.contextmanager
def serve(program, chosen, folder):
    """A lab that serves the rows; ended by SIGTERM. What clients upload lies in the folder."""
    with open(os.path.join(folder, "1MiB"), "wb") as upload:
        upload.write(b"x" * (1 << 20))
    with subprocess.Popen([program, *[row["code"] for row in chosen]], stdout=subprocess.PIPE, text=True) as process:
        served = Served(chosen, process)
        try:
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            served.exit_code = process.wait(timeout=10)
