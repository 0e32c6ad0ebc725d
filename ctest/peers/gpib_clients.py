"""Independent clients on the simulated adapters and on the gateway: pyvisa-py, and python-vxi11's
RPC for what pyvisa-py does not ask.

Arguments: the names of a Prologix on TCP (board 2), one on a serial port (board 3), a device of the
gateway, and the gateway's port.
"""
import sys

import pyvisa
import vxi11

network, serial, device, port = sys.argv[1:]


def check(inst, identity):
    inst.timeout = 10_000
    answer = inst.query("*IDN?")
    assert answer.startswith(identity), answer
    # Escapes: each of these would end the line, or make it a command.
    assert inst.query("ECHO ++ver+\x1b").strip() == "++ver+\x1b"
    assert inst.query("ECHO " + "x" * 5000).strip() == "x" * 5000
    assert isinstance(inst.read_stb(), int)


manager = pyvisa.ResourceManager("@py")
for name, board in (network, 2), (serial, 3):
    adapter = manager.open_resource(name)
    # pyvisa-py 0.8 sends a secondary address as it is typed, and an adapter has it with 96 added.
    for address, identity in ("12", "12,"), ("9::99", "9:3,"), ("5", "5,"):
        more = {"write_termination": "\n"}
        inst = manager.open_resource(f"GPIB{board}::{address}::INSTR", **more)
        check(inst, f"Ferrovisa,GPIB Instrument,{identity}")
        inst.assert_trigger()
        inst.clear()
        inst.close()
    adapter.close()
    print("pyvisa-py", name)

inst = manager.open_resource(device, write_termination="\n")
check(inst, "Ferrovisa,GPIB Instrument,12,")
inst.assert_trigger()
inst.clear()
inst.close()
manager.close()
print("pyvisa-py", device)

core = vxi11.vxi11.CoreClient("127.0.0.1", int(port))
error, interface, _, _ = core.create_link(1, 0, 0, b"gpib0")
assert error == 0
error, sent = core.device_docmd(interface, 0, 1000, 0, 0x020000, 1, 1, b"\x3f\x2c\x08")
assert (error, sent) == (0, b"\x3f\x2c\x08"), (error, sent)
error, status = core.device_docmd(interface, 0, 1000, 0, 0x020001, 1, 2, b"\0\5")
assert (error, status) == (0, b"\0\1"), (error, status)
assert core.device_docmd(interface, 0, 1000, 0, 0x020010, 1, 0, b"")[0] == 0
assert core.destroy_link(interface) == 0
print("python-vxi11")
