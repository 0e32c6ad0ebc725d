"""A Prologix adapter by its own resource name, as pyvisa-py has it: while it is open, its devices
are those of a GPIB board.

Arguments: the library, the adapter's name with board number 3.
"""
import sys

import pyvisa
from pyvisa.constants import StatusCode

library, name = sys.argv[1:]
manager = pyvisa.ResourceManager(library)
session, status = manager.visalib.open(manager.session, name)
assert status == StatusCode.success, status
inst = manager.open_resource("GPIB3::12::INSTR")
inst.timeout = 10_000
assert inst.query("*IDN?").startswith("Ferrovisa,GPIB Instrument,12,")
assert isinstance(inst.stb, int)
manager.visalib.gpib_send_ifc(session)
manager.visalib.gpib_command(session, bytes([0x3F, 0x2C, 0x08]))
assert inst.query("TRIG:COUN?").strip() == "1"
# A device keeps the board when the adapter's own session has gone.
manager.visalib.close(session)
assert inst.query("*OPC?").strip() == "1"
inst.close()
try:
    manager.open_resource("GPIB3::12::INSTR")
except pyvisa.VisaIOError as error:
    known = StatusCode.error_library_not_found, StatusCode.error_interface_number_not_configured
    assert error.error_code in known, error
else:
    raise AssertionError("the board went with its last session")
manager.close()
