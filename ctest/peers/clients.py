"""Independent clients on the simulated instrument: pyvisa-py and python-vxi11.

Arguments: the resource names of SOCKET, VXI-11 and HiSLIP; then "portmapper" when port 111 serves.
"""
import sys

import pyvisa
import vxi11


def pattern(count):
    return bytes((i * 31 + i // 251) & 0xFF for i in range(count))


manager = pyvisa.ResourceManager("@py")
for name in sys.argv[1:4]:
    inst = manager.open_resource(name, read_termination="\n", write_termination="\n")
    inst.timeout = 10_000
    identity = inst.query("*IDN?")
    assert identity.startswith("Ferrovisa,"), identity
    assert inst.query("ECHO hello") == "hello"
    curve = inst.query_binary_values("CURV?", datatype="b")
    assert len(curve) == 1000
    inst.read_termination = None if not name.endswith("SOCKET") else "\n"
    block = inst.query_binary_values("DATA:BLOCK? 100000", datatype="B", container=bytes)
    assert block == pattern(100_000)
    if not name.endswith("SOCKET"):
        assert isinstance(inst.read_stb(), int)
        inst.clear()
        assert inst.query("*IDN?").startswith("Ferrovisa,")
    inst.close()
    print("pyvisa-py", name)

if "portmapper" in sys.argv:
    inst = vxi11.Instrument("127.0.0.1")
    inst.timeout = 10
    assert inst.ask("*IDN?").startswith("Ferrovisa,")
    inst.write("DATA:BLOCK? 3000000")
    assert inst.read_raw()[9:-1] == pattern(3_000_000)
    inst.trigger()
    inst.remote()
    inst.local()
    inst.lock()
    inst.unlock()
    assert isinstance(inst.read_stb(), int)
    inst.clear()
    assert inst.ask("*IDN?").startswith("Ferrovisa,")
    inst.close()
    print("python-vxi11")
