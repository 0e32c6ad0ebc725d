"""PyVISA's SerialInstrument on a 16550: what a pseudo-terminal cannot show.

The simulated instrument is at the other end of the line.
"""
import sys
import warnings

import pyvisa
from pyvisa import constants
from pyvisa.constants import Parity, SerialTermination, StatusCode, StopBits
from pyvisa.resources import SerialInstrument

(library,) = sys.argv[1:]
# No example may make the library return a code that PyVISA warns about.
warnings.simplefilter("error")
manager = pyvisa.ResourceManager(library)


def failing(code, action):
    try:
        action()
    except pyvisa.VisaIOError as error:
        assert error.error_code == code, error
    else:
        raise AssertionError(f"{code!r} was expected")


def set_and_read(inst, attribute, *values):
    before = getattr(inst, attribute)
    for value in (*values, before):
        setattr(inst, attribute, value)
        assert getattr(inst, attribute) == value, (attribute, value, getattr(inst, attribute))


def settings(inst):
    """All that the hardware can be set to."""
    set_and_read(inst, "baud_rate", 57600, 12345, 115200)
    set_and_read(inst, "data_bits", 5, 6, 7)
    set_and_read(inst, "parity", *Parity)
    set_and_read(inst, "stop_bits", StopBits.two)
    set_and_read(inst, "flow_control", *(constants.ControlFlow(n) for n in (1, 2, 3)))
    refused = StatusCode.error_nonsupported_attribute_state
    failing(refused, lambda: setattr(inst, "baud_rate", 250000))
    failing(refused, lambda: setattr(inst, "stop_bits", StopBits.one_and_a_half))
    assert inst.baud_rate == 9600


def lines(inst):
    """Modem lines and breaks."""
    rts = constants.VI_ATTR_ASRL_RTS_STATE
    for state in 0, 1:
        inst.set_visa_attribute(rts, state)
        assert inst.get_visa_attribute(rts) == state
    for name in "CTS", "DSR", "DCD", "RI":
        line = getattr(constants, f"VI_ATTR_ASRL_{name}_STATE")
        assert inst.get_visa_attribute(line) in (0, 1), name
    inst.break_state = constants.LineState.asserted
    assert inst.break_state == constants.LineState.asserted
    inst.break_state = constants.LineState.unasserted
    inst.break_length = 300
    assert inst.break_length == 300


def messages(inst):
    """Queries end at line feed, by END."""
    assert inst.end_input == SerialTermination.termination_char
    inst.write_termination = "\n"
    assert inst.query("*IDN?").startswith("Ferrovisa,")
    assert inst.query("ECHO abc") == "abc\n"
    assert inst.last_status == StatusCode.success, inst.last_status
    inst.end_input = SerialTermination.none
    inst.write("ECHO abc")
    assert inst.read_bytes(4) == b"abc\n"
    inst.end_input = SerialTermination.termination_char
    assert len(inst.query_binary_values("CURV?", datatype="B", container=bytes)) > 0


listed = manager.list_resources()
assert listed[:2] == ("ASRL1::INSTR", "ASRL2::INSTR"), listed
with manager.open_resource("COM1") as port:
    assert type(port) is SerialInstrument and port.resource_name == "ASRL1::INSTR"
    port.timeout = 60000
    settings(port)
    lines(port)
    messages(port)
manager.close()
