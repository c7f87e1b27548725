# SPDX-License-Identifier: MIT
"""HTTP/2 of the lab: requests decoded by python's h2, recorded as they were meant, and answered as the others are."""

import answers

try:
    import h2.config
    import h2.connection
    import h2.events
    import h2.exceptions
except ImportError:
    h2 = None

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Session:
    """One connection of HTTP/2."""

    def __init__(self, wire, listener):
        self.wire, self.listener, self.streams = wire, listener, {}
        # Decoded facts take the place of bytes, which hold the length of User-Agent.
        self.facts = wire.record["facts"]
        config = h2.config.H2Configuration(client_side=False, header_encoding="latin-1", validate_inbound_headers=False)
        self.connection = h2.connection.H2Connection(config)

    def run(self, first):
        self.wire.record["bytes"] = self.wire.record["bytes"][:-len(first)] if first else self.wire.record["bytes"]
        self._take(first)
        while True:
            before = len(self.wire.record["bytes"])
            self.wire.more()
            self.wire.record["bytes"] = self.wire.record["bytes"][:before]
            data, self.wire.pending = self.wire.pending, b""
            self._take(data)

    def _take(self, data):
        try:
            for event in self.connection.receive_data(data):
                self._event(event)
        except h2.exceptions.ProtocolError as why:
            self.facts.append(f"protocol error: {type(why).__name__}")
        self.wire.send(self.connection.data_to_send())

    def _event(self, event):
        if isinstance(event, h2.events.RequestReceived):
            self.streams[event.stream_id] = [event.headers, b""]
        elif isinstance(event, h2.events.DataReceived):
            self.streams[event.stream_id][1] += event.data
            self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self._answer(event.stream_id)
        elif isinstance(event, h2.events.RemoteSettingsChanged):
            self.facts.append("settings " + " ".join(f"{int(k)}={v.new_value}" for k, v in event.changed_settings.items()))
        elif isinstance(event, h2.events.StreamReset):
            self.facts.append(f"stream {event.stream_id} reset {int(event.error_code)}")

    def _answer(self, stream):
        headers, body = self.streams[stream]
        self.facts += [f"stream {stream}", *[f"  {n}: {v}" for n, v in headers], f"  {body!r}"]
        fields = dict(headers)
        self.reply(stream, fields[":method"], fields[":path"], headers, body)

    def reply(self, stream, method, path, headers, body):
        request = answers.Request(method, path, headers, body, self.listener.lab.state)
        found = answers.answer(request)
        if found.steps is not None:
            self.connection.reset_stream(stream, 2)
            return
        fields = [(n.lower(), v) for n, v in found.headers if n.lower() not in ("transfer-encoding", "connection")]
        self.connection.send_headers(stream, [(":status", str(found.status)), ("date", answers.DATE), *fields])
        self.connection.send_data(stream, b"" if method == "HEAD" else found.body[:60000], end_stream=True)


def h2c(wire, listener):
    """Prior knowledge, or an upgrade from HTTP/1.1, on one port."""
    import lab  # pylint: disable=import-outside-toplevel,cyclic-import

    while len(wire.pending) < 3:
        wire.more()
    if wire.pending.startswith(b"PRI"):
        _start(wire, listener)
    else:
        lab.origin(wire, listener)


def negotiated(wire, listener):
    h2c(wire, listener)


def _start(wire, listener):
    session = Session(wire, listener)
    session.connection.initiate_connection()
    first, wire.pending = wire.pending, b""
    session.run(first)


def upgrade(wire, listener, request):
    """Whether the request asked for h2c on the port that has it, and the connection went on so."""
    if listener.name != "h2c" or request.header("upgrade") != "h2c" or h2 is None or request.method != "GET":
        return False
    session = Session(wire, listener)
    settings = request.header("http2-settings")
    session.connection.initiate_upgrade_connection(settings.encode())
    wire.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    session.reply(1, request.method, request.target, request.headers, b"")
    wire.send(session.connection.data_to_send())
    first, wire.pending = wire.pending, b""
    session.run(first)
    return True
