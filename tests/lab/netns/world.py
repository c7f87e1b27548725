# SPDX-License-Identifier: MIT
"""Three network namespaces (client, middlebox, server), what runs in them, and their end.

Two ways lead from the client to the server: a routed one over veth pairs through the middlebox, where nft can be put,
and a direct one through tunbox. Root only."""

import contextlib
import os
import shutil
import signal
import subprocess

CLIENT4, CLIENT6 = "192.0.2.2", "2001:db8:1::2"
ROUTER4, ROUTER6 = "192.0.2.1", "2001:db8:1::1"
SERVER4, SERVER6 = "203.0.113.2", "2001:db8:2::2"
OTHER4, OTHER6, OTHER6B = "203.0.113.3", "2001:db8:2::3", "2001:db8:2::4"  # the server's too, but nobody listens
RESOLVER = "203.0.113.53"
TUN_CLIENT, TUN_SERVER = "198.51.100.1", "198.51.100.2"
NAME = "www.site.example"


def missing():
    """Why there can be no world here, or None."""
    if os.geteuid() != 0:
        return "only root can make network namespaces"
    for program in ("ip", "nft", "iptables"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if not os.path.exists("/dev/net/tun"):
        return "there is no /dev/net/tun"
    return probe()


def probe():
    """Tries what every case does first: a namespace, a link in it, a program in it."""
    name = f"ht-probe-{os.getpid()}"
    steps = (["ip", "netns", "add", name], ["ip", "-n", name, "link", "set", "lo", "up"], ["ip", "netns", "exec", name, "true"])
    works = all(subprocess.run(step, capture_output=True, check=False).returncode == 0 for step in steps)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return None if works else "network namespaces cannot be made here"


class World:
    """The namespaces of one case."""

    def __init__(self, label):
        self.names = {role: f"ht-{os.getpid()}-{label}-{role}" for role in ("client", "middle", "server")}
        self.processes = []

    def run(self, role, *command, check=True, **others):
        return subprocess.run(["ip", "netns", "exec", self.names[role], *command], check=check, **others)

    def start(self, role, *command):
        """Gives its standard output, from which a first line is awaited."""
        line = ["ip", "netns", "exec", self.names[role], *command] if role else list(command)
        process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.processes.append(process)
        return process.stdout

    def ip(self, role, words):
        subprocess.run(["ip", "-n", self.names[role], *words.split()], check=True)

    def make(self):
        for name in self.names.values():
            subprocess.run(["ip", "netns", "add", name], check=True)
            subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        for role in self.names:  # no address waits for a second to be sure that it is alone
            self.run(role, "sysctl", "-qw", "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0")
        self.route()

    def link(self, one, device, other, peer):
        self.ip(one, f"link add {device} type veth peer name {peer} netns {self.names[other]}")
        self.ip(one, f"link set {device} up")
        self.ip(other, f"link set {peer} up")

    def route(self):
        self.link("client", "c0", "middle", "m0")
        self.link("server", "s0", "middle", "m1")
        for role, device, addresses in (
            ("client", "c0", (CLIENT4 + "/24", CLIENT6 + "/64")),
            ("middle", "m0", (ROUTER4 + "/24", ROUTER6 + "/64")),
            ("middle", "m1", ("203.0.113.1/24", "2001:db8:2::1/64")),
            ("server", "s0", (SERVER4 + "/24", OTHER4 + "/24", RESOLVER + "/24")),
            ("server", "s0", (SERVER6 + "/64", OTHER6 + "/64", OTHER6B + "/64")),
        ):
            for address in addresses:
                self.ip(role, f"addr add {address} dev {device}" + (" nodad" if ":" in address else ""))
        for role, gateway in (("client", ROUTER4), ("client", ROUTER6), ("server", "203.0.113.1")):
            self.ip(role, f"route add default via {gateway}")
        self.ip("server", "route add default via 2001:db8:2::1")
        self.run("middle", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        # Limits on ICMP are per host and would starve cases that run side by side.
        self.run("middle", "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0", check=False)

    def tunnel(self, program, options):
        out = self.start(None, program, *options, self.names["client"], self.names["server"])
        out.readline()
        for role, own, peer in (("client", TUN_CLIENT, TUN_SERVER), ("server", TUN_SERVER, TUN_CLIENT)):
            self.ip(role, f"addr add {own} peer {peer} dev box")
            self.ip(role, "link set box up")

    def resolver(self, script):
        """Names are asked of the server's resolver; what the machine's own files say counts no more."""
        folder = f"/etc/netns/{self.names['client']}"
        os.makedirs(folder, exist_ok=True)
        files = {
            "resolv.conf": f"nameserver {RESOLVER}\noptions timeout:1 attempts:1\n",
            "hosts": "127.0.0.1 localhost\n",
        }
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)
        self.start("server", "/usr/bin/python3", script, RESOLVER).readline()

    def close(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(f"/etc/netns/{self.names['client']}", ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir("/etc/netns")


@contextlib.contextmanager
def world(label):
    made = World(label)
    try:
        made.make()
        yield made
    finally:
        made.close()
