"""Two copies of the library in one process, each with sessions of its own."""
import pathlib
import shutil
import sys
import tempfile

import pyvisa

library, *names = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    copy = pathlib.Path(folder, "libvisa.so.8")
    shutil.copy(library, copy)
    managers = [pyvisa.ResourceManager(path) for path in (library, str(copy))]
    assert managers[0].visalib is pyvisa.ResourceManager(library).visalib
    assert managers[0].visalib is not managers[1].visalib
    more = {"read_termination": "\n", "write_termination": "\n"}
    sessions = [manager.open_resource(name, **more) for manager in managers for name in names]
    for inst in sessions:
        inst.write(f"ECHO {id(inst)}")
    for inst in sessions:
        assert inst.read() == str(id(inst))
    # Closing all of one leaves the other's sessions alone.
    managers[0].close()
    for inst in sessions[len(names):]:
        assert inst.query("*IDN?").startswith("Ferrovisa,")
    managers[1].close()
