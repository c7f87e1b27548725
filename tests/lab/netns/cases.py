# SPDX-License-Identifier: MIT
"""What middleboxes do, and what httptrace should say of it: one row per case.

Who runs them: test_netns.py. Each is a world of its own (world.py)."""

import dataclasses

from world import OTHER4, OTHER6, OTHER6B, ROUTER4, SERVER4, SERVER6, TUN_SERVER

HEALTHY = frozenset()


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    expect: frozenset = HEALTHY  # codes, one of which leads; none: nothing above `notice`
    phase: str = ""
    loci: tuple = ()  # that are right, beside unknown
    at: str = SERVER4  # where the server listens and the client goes
    serve: str = "healthy.h1"  # row of httptrace-lab; empty: nobody serves
    url: str = ""  # instead of the server's own
    path: str = ""
    options: tuple = ()
    to: tuple = ()  # addresses of the name in place of `at`
    client: tuple = ()  # commands of ip in that namespace
    middle: tuple = ()
    server: tuple = ()
    filters: tuple = ()  # commands in the middlebox
    tables: str = ""  # of nft in the middlebox, whole
    rules: tuple = ()  # of nft in the middlebox, chain forward
    own_rules: tuple = ()  # in the client, chain output
    server_rules: tuple = ()  # in the server, chain input
    box: tuple = ()  # options of tunbox: the direct way is taken
    resolver: bool = False
    repeat: int = 1
    info: frozenset = HEALTHY  # findings that should be there as well, of whatever severity


def fault(name, code, phase, *loci, **others):
    return Case(name, frozenset(code.split()), phase, loci, **others)


def rejects():
    """nft's words for an ICMP error, and what it should be called."""
    four = (
        ("port-unreachable", "tcp.refused_icmp"),
        ("admin-prohibited", "tcp.icmp_prohibited"),
        ("net-prohibited", "tcp.icmp_prohibited"),
        ("host-prohibited", "tcp.icmp_prohibited"),
        ("net-unreachable", "tcp.unreachable"),
        ("host-unreachable", "tcp.unreachable"),
    )
    six = (
        ("port-unreachable", "tcp.refused"),  # which the kernel does not tell from a RST
        ("admin-prohibited", "tcp.icmp_prohibited"),
        ("no-route", "tcp.unreachable"),
        ("addr-unreachable", "tcp.unreachable"),
    )
    for family, words, at in (("icmp", four, SERVER4), ("icmpv6", six, SERVER6)):
        for word, code in words:
            rule = f"tcp flags syn reject with {family} {word}"
            yield fault(f"reject.{family}.{word}", code, "connect", "path", at=at, rules=(rule,))


SYNS = "tcp flags & (syn|ack) == syn"
QUICK = ("--max-time", "4")
TUN = {"at": TUN_SERVER}

CONNECT = (
    fault("syn.dropped", "tcp.syn_timeout", "connect", rules=(f"{SYNS} drop",), options=("--connect-timeout", "4")),
    fault(
        "synack.dropped",
        "tcp.syn_timeout",
        "connect",
        options=("--connect-timeout", "4"),
        rules=("tcp flags & (syn|ack) == syn|ack drop",),
    ),
    fault(
        "syn.dropped.tightly",
        "tcp.syn_timeout",
        "connect",
        rules=(f"{SYNS} drop",),
        options=("--connect-timeout", "0.5"),
    ),
    fault("syn.rst", "tcp.refused", "connect", rules=(f"{SYNS} reject with tcp reset",)),
    fault("port.closed", "tcp.refused", "connect", serve="", url=f"http://{SERVER4}:81/"),
    *rejects(),
    fault(
        "server.filter",
        "tcp.refused_icmp",
        "connect",
        "path",
        server_rules=("tcp dport != 22 reject with icmp port-unreachable",),
    ),
    fault(
        "client.filter",
        "tcp.icmp_prohibited",
        "connect",
        "local",
        own_rules=("tcp dport != 22 reject with icmp admin-prohibited",),
    ),
    fault(
        "client.filter.port",
        "tcp.refused_icmp",
        "connect",
        "local",
        own_rules=("tcp dport != 22 reject with icmp port-unreachable",),
    ),
    fault("client.prohibit", "tcp.unreachable", "connect", "local", client=("route add prohibit 203.0.113.0/24",)),
    fault(
        "client.unreachable", "tcp.unreachable", "connect", "local", client=("route add unreachable 203.0.113.0/24",)
    ),
    fault("client.no_route", "tcp.unreachable", "connect", "local", client=("route del default via " + ROUTER4,)),
    fault("router.no_route", "tcp.unreachable", "connect", "path", middle=("route add unreachable 203.0.113.2/32",)),
    fault("router.prohibit", "tcp.icmp_prohibited", "connect", "path", middle=("route add prohibit 203.0.113.2/32",)),
    fault(
        "host.down",
        "tcp.unreachable",
        "connect",
        "path",
        serve="",
        url="http://203.0.113.99/",
        options=("--connect-timeout", "6"),
    ),
    fault(
        "neighbour.down",
        "tcp.unreachable",
        "connect",
        serve="",
        url="http://192.0.2.99/",
        options=("--connect-timeout", "6"),
    ),
)

ADDRESSES = (
    Case("address.closed", to=(OTHER4, SERVER4), info=frozenset({"tcp.address_dead"})),
    fault(
        "address.silent",
        "tcp.address_dead",
        "connect",
        to=(OTHER4, SERVER4),
        options=("--connect-timeout", "4"),
        rules=(f"ip daddr {OTHER4} drop",),
    ),
    Case("family.closed", to=(OTHER6, OTHER6B, SERVER4), info=frozenset({"tcp.family_broken"})),
    Case("family.rejected", to=(OTHER6, OTHER6B, SERVER4), rules=("meta nfproto ipv6 reject with icmpv6 no-route",)),
    Case("family.silent", to=(OTHER6, SERVER4), rules=("meta nfproto ipv6 drop",)),
    Case("family.no_route", to=(OTHER6, OTHER6B, SERVER4), client=("route del default via 2001:db8:1::1",)),
)

STRING = "iptables -A FORWARD -p tcp -m string --string site.example --algo bm -j "

# A SYN proxy answers in the server's place and lets data in once the server has answered as well.
SYN_PROXY = """
table inet front {
    chain early { type filter hook prerouting priority -300; tcp flags & (fin|syn|rst|ack) == syn notrack; }
    chain forward {
        type filter hook forward priority 0
        ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
        ct state invalid drop
    }
}
"""

CONTENT = (
    fault(
        "string.dropped", "tls.ch_dropped", "tls", "path", serve="healthy.h2", options=QUICK, filters=(STRING + "DROP",)
    ),
    fault(
        "string.rst",
        "tls.ch_rst_unacked",
        "tls",
        "path",
        serve="healthy.h2",
        options=QUICK,
        filters=(STRING + "REJECT --reject-with tcp-reset",),
    ),
    fault(
        "synproxy.dead",
        "tcp.zero_window",
        "tls",
        "front",
        serve="healthy.h2",
        options=QUICK,
        tables=SYN_PROXY,
        server_rules=("tcp dport != 22 drop",),
    ),
    fault(
        "hello.dropped",
        "tls.ch_dropped",
        "tls",
        "path",
        serve="healthy.h2",
        options=QUICK,
        **TUN,
        box=("--match", "site.example", "--action", "drop"),
    ),
    fault(
        "hello.dropped.far",
        "tls.ch_dropped",
        "tls",
        "path",
        serve="healthy.h2",
        options=("--max-time", "6"),
        **TUN,
        box=("--match", "site.example", "--action", "drop", "--delay", "60"),
    ),
    fault(
        "hello.rst",
        "tls.ch_rst_unacked",
        "tls",
        "path",
        serve="healthy.h2",
        options=QUICK,
        **TUN,
        box=("--match", "site.example", "--action", "rst", "--ttl", "47"),
    ),
    fault(
        "hello.rst.race",
        "tls.ch_rst_unacked tls.ch_rst_acked",
        "tls",
        "path",
        "front",
        serve="healthy.h2",
        options=QUICK,
        **TUN,
        box=("--match", "site.example", "--action", "rst", "--forward", "--delay", "10"),
    ),
    fault(
        "request.rst", "http.killed", "wait", "path", options=QUICK, **TUN, box=("--match", "Host:", "--action", "rst")
    ),
    fault(
        "window.zero",
        "tcp.zero_window",
        "tls",
        "front",
        serve="healthy.h2",
        options=QUICK,
        **TUN,
        box=("--zero-window",),
    ),
    fault("window.zero.plain", "tcp.zero_window", "wait", "front", options=QUICK, **TUN, box=("--zero-window",)),
)

SIZES = (
    fault(
        "mtu.down.tls",
        "tcp.pmtu_hole_down",
        "tls",
        "path",
        serve="healthy.h2",
        options=QUICK,
        **TUN,
        server=("link set box mtu 900",),
        box=("--max-down", "800"),
    ),
    fault(
        "mtu.down.plain",
        "tcp.pmtu_hole_down",
        "wait response",
        "path",
        path="bytes/4000",
        options=QUICK,
        **TUN,
        box=("--max-down", "1200"),
    ),
    fault(
        "mtu.up.hello",
        "tcp.pmtu_hole_up",
        "tls",
        "path",
        serve="healthy.h2",
        **TUN,
        options=("--max-time", "6", "--curves", "ffdhe8192"),
        client=("link set box mtu 1200",),
        box=("--max-up", "1000"),
    ),
    fault(
        "mtu.up.upload",
        "tcp.pmtu_hole_up",
        "request wait",
        "path",
        options=("--max-time", "6", "--data-binary", "@3000", "-H", "Expect:"),
        **TUN,
        box=("--max-up", "1200"),
    ),
)

REUSE = (
    fault(
        "nat.forgets", "reuse.dropped", "wait", "path", repeat=2, options=QUICK, **TUN, box=("--drop-after-up", "120")
    ),
    fault(
        "nat.forgets.tls",
        "reuse.dropped",
        "wait",
        "path",
        repeat=2,
        serve="healthy.h1_tls",
        options=QUICK,
        **TUN,
        box=("--drop-after-up", "800"),
    ),
)


def lookup(label, code, *loci, phase="resolve", **others):
    return fault(
        f"dns.{label}", code, phase, *loci, serve="", resolver=True, url=f"http://{label}.site.example:81/", **others
    )


NAMES = (
    lookup("missing", "dns.nxdomain"),
    lookup("empty", "dns.nodata"),
    lookup("broken", "dns.servfail"),
    lookup("failing", "dns.servfail"),
    lookup("censored", "dns.servfail", "path"),
    lookup("filtered", "dns.nxdomain", "path"),
    lookup("refused", "dns.refused"),
    lookup("silent", "dns.timeout"),
    lookup("sinkhole", "dns.bogon", "path"),
    lookup("nowhere", "dns.bogon", "path"),
    lookup("private", "dns.bogon", options=("--connect-timeout", "3")),
    fault(
        "dns.hangs",
        "dns.timeout",
        "resolve",
        serve="",
        resolver=True,
        url="http://silent.site.example/",
        options=("--max-time", "0.8"),
    ),
    Case("dns.healthy", resolver=True, to=("dns",)),
)

TROUBLE = ("--delay", "20", "--loss", "20", "--reorder", "80", "--duplicate", "30")

WELL = (
    Case("healthy.synproxy", serve="healthy.h2", tables=SYN_PROXY),
    Case("healthy.routed"),
    Case("healthy.routed.v6", at=SERVER6),
    Case("healthy.routed.h2", serve="healthy.h2"),
    Case("healthy.far", serve="healthy.h2", **TUN, box=("--delay", "120")),
    Case("healthy.trouble.h1", path="bytes/300000", **TUN, box=TROUBLE),
    Case("healthy.trouble.h2", serve="healthy.h2", path="bytes/300000", **TUN, box=TROUBLE),
    Case("healthy.trouble.upload", **TUN, box=TROUBLE, options=("--data-binary", "@300000")),
    Case("healthy.trouble.twice", serve="healthy.h2", repeat=2, path="bytes/50000", **TUN, box=TROUBLE),
    Case(
        "healthy.small_mtu",
        serve="healthy.h2",
        path="bytes/100000",
        client=("link set box mtu 600",),
        **TUN,
        box=("--delay", "5"),
    ),
    Case(
        "healthy.reordered", serve="healthy.h2", path="bytes/200000", **TUN, box=("--delay", "10", "--reorder", "300")
    ),
)

CASES = CONNECT + ADDRESSES + CONTENT + SIZES + REUSE + NAMES + WELL
