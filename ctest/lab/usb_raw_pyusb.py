"""The emulated device for USB RAW as libusb sees it, by PyUSB: endpoints, alternate settings, vendor
requests, interrupts, and the faults that it has.

Argument: the device's serial number.
"""
import errno
import socket
import sys

import usb.core
import usb.util

(serial,) = sys.argv[1:]
TIMEOUT = 20000


def bench(command):
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(f"/run/bench/{serial}")
        link.sendall(command.encode() + b"\n")
        answer = link.makefile().readline().rstrip("\n")
    assert not answer.startswith("error:"), (command, answer)
    return answer


def failing(codes, action):
    try:
        action()
    except usb.core.USBError as error:
        assert error.errno in codes, error
    else:
        raise AssertionError(f"{codes} was expected")


def pattern(count):
    period = bytes((i * 31 + i // 251) & 0xFF for i in range(251 * 128))
    return (period * (count // len(period) + 1))[:count]


def find():
    device = usb.core.find(
        custom_match=lambda one: one.idVendor == 0x1209 and one.serial_number == serial
    )
    assert device is not None
    usb.util.claim_interface(device, 0)
    usb.util.claim_interface(device, 1)
    return device


device = find()
packet = int(bench("packet"))
first, second, other = (list(interface) for interface in device.get_active_configuration())
assert [end.bEndpointAddress for end in first] == [0x01, 0x81, 0x02, 0x82, 0x83]
assert [end.bEndpointAddress for end in second] == [0x01, 0x81]
assert [end.bEndpointAddress for end in other] == [0x04, 0x84]
assert first[0].wMaxPacketSize == packet

# What goes comes back, each transfer as it was.
for address in 1, 4:
    for length in 1, packet - 1, packet + 1, 3 * packet + 5:
        sent = bytes(i & 0xFF for i in range(length))
        assert device.write(address, sent, TIMEOUT) == length
        assert bytes(device.read(0x80 | address, 8 * packet, TIMEOUT)) == sent
# Full packets without an end: as many as are asked for.
device.write(1, bytes(2 * packet), TIMEOUT)
failing({errno.ETIMEDOUT}, lambda: device.read(0x81, 4 * packet, 300))
assert len(device.read(0x81, packet, TIMEOUT)) == packet
device.write(1, b"end", TIMEOUT)
assert len(device.read(0x81, 4 * packet, TIMEOUT)) == packet + 3

# The other pair takes and gives much at once.
for count in 0, 1, packet, 10 * packet, (3 << 20) + 17:
    if count:
        assert device.write(2, pattern(count), TIMEOUT) == count
    assert bench("sink") == f"{count} ok"
    bench(f"source {count}")
    got = b""
    while True:
        piece = bytes(device.read(0x82, 1 << 20, TIMEOUT))
        got += piece
        if len(piece) < 1 << 20:
            break
    assert got == pattern(count), count
assert device.write(2, b"other", TIMEOUT) == 5
assert bench("sink") == "5 wrong"

# Vendor requests.
assert device.ctrl_transfer(0x41, 2, 100, 0, b"memory", TIMEOUT) == 6
assert bytes(device.ctrl_transfer(0xC1, 1, 99, 0, 8, TIMEOUT)) == b"\0memory\0"
assert bytes(device.ctrl_transfer(0xC1, 5, 0x1234, 0x5600, 8, TIMEOUT)) == bytes.fromhex(
    "c105341200560800"
)
failing({errno.EPIPE}, lambda: device.ctrl_transfer(0xC1, 3, 0, 0, 8, TIMEOUT))
failing({errno.EPIPE}, lambda: device.ctrl_transfer(0xC1, 1, 5000, 0, 8, TIMEOUT))

# Interrupts, by a command and by a request.
bench(r"interrupt \x01two\xFF")
assert bytes(device.read(0x83, 16, TIMEOUT)) == b"\x01two\xff"
device.ctrl_transfer(0x41, 4, 0, 0, b"asked", TIMEOUT)
assert bytes(device.read(0x83, 16, TIMEOUT)) == b"asked"

# Faults.
bench("fault stall 1 81")
failing({errno.EPIPE}, lambda: device.read(0x81, packet, TIMEOUT))
failing({errno.EPIPE}, lambda: device.read(0x81, packet, TIMEOUT))
assert bench("halted") == "81"
device.clear_halt(0x81)
assert bench("halted") == ""
bench("fault stall 1 01")
failing({errno.EPIPE}, lambda: device.write(1, b"lost", TIMEOUT))
device.clear_halt(1)
bench("fault hold always 01")
failing({errno.ETIMEDOUT}, lambda: device.write(1, b"lost", 300))
bench("fault off")
device.write(1, b"kept", TIMEOUT)
assert bytes(device.read(0x81, packet, TIMEOUT)) == b"kept"
bench("fault overflow 1 81")
device.write(1, b"much", TIMEOUT)
failing({errno.EOVERFLOW}, lambda: device.read(0x81, packet, TIMEOUT))
bench("fault silent-control 1")
failing({errno.ETIMEDOUT}, lambda: device.ctrl_transfer(0xC1, 1, 0, 0, 8, 300))

# The other setting has one pair only.
device.set_interface_altsetting(0, 1)
assert bytes(device.ctrl_transfer(0x81, 10, 0, 0, 1, TIMEOUT)) == b"\1"
device.write(1, b"alternate", TIMEOUT)
assert bytes(device.read(0x81, packet, TIMEOUT)) == b"alternate"

# The cable.
bench("fault unplug 1 01")
failing({errno.ENODEV, errno.EIO}, lambda: device.write(1, b"lost", TIMEOUT))
usb.util.dispose_resources(device)
# libusb, where it relies on udev, hears of no new device here; the kernel does.
bench("unplug")
bench("plug")
assert bench("driver") == "none"
