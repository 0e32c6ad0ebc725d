"""An instrument over VXI-11 on python-vxi11's RPC server: a peer that shares no code with us.

Prints its port. It holds one message for each link, answers *IDN?, ECHO x and *STB?, and takes
pieces of at most 1024 bytes, so that long messages are split.
"""
import sys
import threading

from vxi11 import rpc

CORE, VERSION, MAX_RECEIVE = 0x0607AF, 1, 1024
END, TERMCHRSET = 8, 0x80


class Core(rpc.TCPServer):
    def __init__(self):
        super().__init__("127.0.0.1", CORE, VERSION, 0)
        self.links = {}

    def reply(self, *fields):
        """Packs a reply of ints and byte strings."""
        self.turn_around()
        for field in fields:
            (self.packer.pack_opaque if isinstance(field, bytes) else self.packer.pack_int)(field)

    def ints(self, count):
        return [self.unpacker.unpack_int() for _ in range(count)]

    def handle_10(self):  # create_link
        self.ints(3)
        device = self.unpacker.unpack_string()
        if device != b"inst0":
            return self.reply(3, 0, 0, 0)
        link = len(self.links)  # the first is 0, which is a valid link
        self.links[link] = [b"", b""]
        self.reply(0, link, 0, MAX_RECEIVE)

    def handle_11(self):  # device_write
        link, _, _, flags = self.ints(4)
        data = self.unpacker.unpack_opaque()
        if len(data) > MAX_RECEIVE:
            return self.reply(5, 0)
        state = self.links[link]
        state[0] += data
        if flags & END:
            command, state[0] = state[0], b""
            if command.startswith(b"ECHO "):
                state[1] = command[5:]
            elif command.strip() == b"*IDN?":
                state[1] = b"Independent,Peer,1,python\n"
        self.reply(0, len(data))

    def handle_12(self):  # device_read
        link, size, _, _, flags, term = self.ints(6)
        state = self.links[link]
        if not state[1]:
            return self.reply(15, 0, b"")
        data = state[1][:size]
        reason = 0
        if flags & TERMCHRSET and bytes([term & 0xFF]) in data:
            data = data[: data.index(term & 0xFF) + 1]
            reason |= 2
        state[1] = state[1][len(data):]
        if len(data) == size:
            reason |= 1
        if not state[1]:
            reason |= 4
        self.reply(0, reason, data)

    def handle_13(self):  # device_readstb
        link = self.ints(4)[0]
        self.reply(0, 0x10 if self.links[link][1] else 0)

    def handle_15(self):  # device_clear
        link = self.ints(4)[0]
        self.links[link] = [b"", b""]
        self.reply(0)

    handle_14 = handle_16 = handle_17 = lambda self: (self.ints(4), self.reply(0))

    def handle_23(self):  # destroy_link
        (link,) = self.ints(1)
        self.reply(0 if self.links.pop(link, None) else 4)


core = Core()
core.sock.listen(8)
print(core.port, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), core.sock.close()), daemon=True).start()
while True:
    # One client after the other: the server object holds one packer.
    try:
        connection = core.sock.accept()
    except OSError:
        break
    core.session(connection)
