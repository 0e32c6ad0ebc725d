"""PyVISA on a serial port behind pyserial's RFC 2217 server."""
import sys
import time

import pyvisa
from pyvisa import constants
from pyvisa.constants import StatusCode

library, port = sys.argv[1:]
manager = pyvisa.ResourceManager(library)
name = f"ASRL::127.0.0.1::{port}::INSTR"


def state(inst, line):
    return inst.get_visa_attribute(getattr(constants, f"VI_ATTR_ASRL_{line}_STATE"))


def eventually(condition, what):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def failing(code, action):
    try:
        action()
    except pyvisa.VisaIOError as error:
        assert error.error_code == code, error
    else:
        raise AssertionError(f"{code!r} was expected")


with manager.open_resource(name, open_timeout=20_000, timeout=20_000) as inst:
    assert inst.baud_rate == 9600, inst.baud_rate
    # What the port loops back: every byte, whatever telnet makes of it on its way.
    inst.end_input = constants.SerialTermination.none
    every = bytes(range(256)) * 40
    inst.write_raw(every)
    assert inst.read_bytes(len(every)) == every
    inst.end_input = constants.SerialTermination.termination_char
    inst.write_termination = "\n"
    assert inst.query("*IDN?") == "*IDN?\n"
    for attribute, value in (
        ("baud_rate", 115_200),
        ("data_bits", 7),
        ("parity", constants.Parity.mark),
        ("parity", constants.Parity.even),
        ("stop_bits", constants.StopBits.two),
        ("flow_control", constants.VI_ASRL_FLOW_XON_XOFF),
        ("flow_control", constants.VI_ASRL_FLOW_RTS_CTS),
        ("flow_control", constants.VI_ASRL_FLOW_NONE),
    ):
        setattr(inst, attribute, value)
        assert getattr(inst, attribute) == value, (attribute, getattr(inst, attribute))
    # This server answers nothing to that.
    refused = StatusCode.error_nonsupported_attribute_state
    failing(refused, lambda: setattr(inst, "flow_control", constants.VI_ASRL_FLOW_DTR_DSR))
    # The modem lines of the loop.
    eventually(lambda: state(inst, "CTS") == 1 and state(inst, "DSR") == 1, "CTS and DSR")
    inst.set_visa_attribute(constants.VI_ATTR_ASRL_RTS_STATE, 0)
    assert state(inst, "RTS") == 0
    eventually(lambda: state(inst, "CTS") == 0, "CTS follows RTS")
    assert state(inst, "DSR") == 1
    # VI_EVENT_ASRL_DSR, by its number and past PyVISA, which does not know it.
    event, queue = 0x3FFF202A, constants.VI_QUEUE
    visa = manager.visalib.lib
    assert visa.viEnableEvent(inst.session, event, queue, 0) == 0
    inst.set_visa_attribute(constants.VI_ATTR_ASRL_DTR_STATE, 0)
    assert visa.viWaitOnEvent(inst.session, event, 20_000, None, None) == 0
    assert visa.viDisableEvent(inst.session, event, queue) == 0
    # A break is asked for and ends.
    inst.break_length = 1
    inst.end_output = constants.SerialTermination.termination_break
    assert inst.query("after") == "after\n"
    inst.clear()
    assert inst.query("still") == "still\n"
# The next connection finds all as at first.
with manager.open_resource(name, open_timeout=20_000, timeout=20_000) as inst:
    assert (inst.baud_rate, inst.data_bits) == (9600, 8)
manager.close()
