"""Several hosts on one emulated instrument: what they read and write must be the same.

Arguments: the instrument's serial number, the size of its packets, the largest block, and, where
it is to take part, the library. pyvisa-py and python-usbtmc, over libusb, are hosts of their own makes.
"""
import socket
import sys

import pyvisa
import usbtmc

serial, packet, largest, *library = sys.argv[1:]
packet, largest = int(packet), int(largest)


def bench(command):
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(f"/run/bench/{serial}")
        link.sendall(command.encode() + b"\n")
        answer = link.makefile().readline().rstrip("\n")
    assert not answer.startswith("error:"), (command, answer)
    return answer


class Visa:
    """A VISA: pyvisa-py, or a library."""

    def __init__(self, name, longest=largest):
        self.longest = longest
        self.manager = pyvisa.ResourceManager(name)
        resource = f"USB0::0x1209::0x0010::{serial}::0::INSTR"
        self.instrument = self.manager.open_resource(resource)
        self.instrument.timeout = 60000

    def write(self, message):
        self.instrument.write_raw(message)

    def read(self, count=0):
        got = self.instrument.read_raw(1 << 20)
        # pyvisa-py takes each transfer for a message.
        while len(got) < count:
            got += self.instrument.read_raw(1 << 20)
        return got

    def close(self):
        self.instrument.close()
        self.manager.close()


class Usbtmc:
    """python-usbtmc."""

    longest = largest

    def __init__(self):
        self.instrument = usbtmc.Instrument(0x1209, 0x0010, serial)
        self.instrument.open()
        self.instrument.timeout = 60

    def write(self, message):
        self.instrument.write_raw(message)

    def read(self, count=0):
        return self.instrument.read_raw()

    def close(self):
        self.instrument.close()


# pyvisa-py writes a packet at a time, which takes minutes where every instruction is emulated.
HOSTS = {"pyvisa-py": lambda: Visa("@py", 1 << 16), "python-usbtmc": Usbtmc}
if library:
    HOSTS["library"] = lambda: Visa(library[0])


def pattern(count):
    """The simulator's pattern (src/sim/bulk.rs), which begins anew after 251 * 128 bytes."""
    period = bytes((i * 31 + i // 251) & 0xFF for i in range(251 * 128))
    return (period * (count // len(period) + 1))[:count]


def block(count):
    digits = str(count).encode()
    return b"#%d%s" % (len(digits), digits) + pattern(count)


def lengths():
    """Messages whose transfers, header included, end near the end of a packet."""
    for packets in range(5):
        for off in range(-3, 4):
            yield max(1, packets * packet + off - 12)


def echoes(host):
    """A message of every length goes, and comes."""
    for length in lengths():
        # The line feed of the answer is in its length; "ECHO " goes besides.
        text = bytes(33 + i % 90 for i in range(length - 1))
        host.write(b"ECHO " + text)
        assert host.read() == text + b"\n", length
        outward = b"ECHO " + text[5:]
        host.write(outward)
        assert host.read() == text[5:] + b"\n", length


def blocks(host, counts):
    for count in counts:
        host.write(b"DATA:BLOCK? %d\n" % count)
        want = block(count) + b"\n"
        got = host.read(len(want))
        assert got == want, (count, len(got), len(want))
        count = min(count, host.longest)
        host.write(b"DATA:LOAD " + block(count) + b"\n")
        host.write(b"DATA:LOAD?")
        loaded = host.read().split(b",")
        assert loaded[0] == b"%d" % count and loaded[2] == b"1\n", (count, loaded)


def check(host):
    host.write(b"*CLS")
    host.write(b"*IDN?")
    identity = host.read()
    assert identity == b"Ferrovisa,Bench Instrument,%s/0,1\n" % serial.encode(), identity
    echoes(host)
    blocks(host, [0, 1, packet, packet * 4, largest])


# What each of them is known to do wrong.
SINS = {
    "pyvisa-py": {"a transfer without bytes of a message"},
    "python-usbtmc": {"a read of 1048591 bytes, which are no whole packets"},
}

for name, make in HOSTS.items():
    host = make()
    try:
        check(host)
    finally:
        sins = set(bench("violations").split("; ")) - {"none"} - SINS.get(name, set())
    assert not sins, (name, sins)
    host.close()
