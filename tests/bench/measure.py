# SPDX-License-Identifier: MIT
"""Runs one command to its end; gives what it cost: CPU seconds (user and system), wall-clock seconds, peak KiB."""

import collections
import ctypes
import os
import subprocess
import time

Cost = collections.namedtuple("Cost", "cpu wall peak")

PR_SET_CHILD_SUBREAPER = 36


class Failed(Exception):
    """A command that was to be measured did not end well."""


def be_reaper():
    """Children of children that ended become this process's own, so that wait4() tells what they used."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _check(argv, status):
    if os.waitstatus_to_exitcode(status) != 0:
        raise Failed(f"exit {os.waitstatus_to_exitcode(status)}: {' '.join(argv)}")


def cost(argv):
    """CPU and wall-clock time; the output is thrown away."""
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
    began = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    os.close(null)
    _check(argv, status)
    return Cost(usage.ru_utime + usage.ru_stime, wall, None)


def peak_kib(argv):
    """
    Peak resident memory. The kernel counts what the process was before its exec() as well, and that is a copy of
    its parent: so a shell, smaller than either program, starts it in the background and leaves it to us.
    """
    script = '"$@" </dev/null >/dev/null 2>&1 & echo $!'
    shell = subprocess.run(["/bin/sh", "-c", script, "sh", *argv], stdout=subprocess.PIPE, check=True)
    _, status, usage = os.wait4(int(shell.stdout), 0)
    _check(argv, status)
    return Cost(usage.ru_utime + usage.ru_stime, None, usage.ru_maxrss)
