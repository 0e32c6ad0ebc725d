"""PyVISA's SerialInstrument on a pseudo-terminal.

Numbers in comments are those of the requirements that the examples show.
"""
import os
import subprocess
import sys
import time
import warnings

import pyvisa
from pyvisa import constants
from pyvisa.constants import SerialTermination, StatusCode
from pyvisa.resources import SerialInstrument

library, *names = sys.argv[1:]
(name,) = [name for name in names if name.startswith("ASRL")]
path = name.removeprefix("ASRL").removesuffix("::INSTR")
warnings.simplefilter("error")
manager = pyvisa.ResourceManager(library)


def failing(code, action):
    try:
        action()
    except pyvisa.VisaIOError as error:
        assert error.error_code == code, error
    else:
        raise AssertionError(f"{code!r} was expected")


# The values that pyvisa-shell shows of a fresh session, as far as they are the library's.
FRESH = {
    "VI_ATTR_ASRL_ALLOW_TRANSMIT": True,
    "VI_ATTR_ASRL_AVAIL_NUM": 0,
    "VI_ATTR_ASRL_BAUD": 9600,
    "VI_ATTR_ASRL_BREAK_LEN": 250,
    "VI_ATTR_ASRL_BREAK_STATE": 0,
    "VI_ATTR_ASRL_CTS_STATE": -1,
    "VI_ATTR_ASRL_DATA_BITS": 8,
    "VI_ATTR_ASRL_DCD_STATE": -1,
    "VI_ATTR_ASRL_DISCARD_NULL": False,
    "VI_ATTR_ASRL_DSR_STATE": -1,
    "VI_ATTR_ASRL_DTR_STATE": -1,
    "VI_ATTR_ASRL_END_IN": SerialTermination.termination_char,
    "VI_ATTR_ASRL_END_OUT": SerialTermination.none,
    "VI_ATTR_ASRL_FLOW_CNTRL": 0,
    "VI_ATTR_ASRL_PARITY": constants.Parity.none,
    "VI_ATTR_ASRL_REPLACE_CHAR": 0,
    "VI_ATTR_ASRL_RI_STATE": -1,
    "VI_ATTR_ASRL_RTS_STATE": -1,
    "VI_ATTR_ASRL_STOP_BITS": constants.StopBits.one,
    "VI_ATTR_ASRL_WIRE_MODE": -1,
    "VI_ATTR_ASRL_XOFF_CHAR": 19,
    "VI_ATTR_ASRL_XON_CHAR": 17,
    "VI_ATTR_DMA_ALLOW_EN": False,
    "VI_ATTR_FILE_APPEND_EN": False,
    "VI_ATTR_INTF_INST_NAME": f"ASRL{path}",
    "VI_ATTR_INTF_NUM": 0,
    "VI_ATTR_INTF_TYPE": constants.InterfaceType.asrl,
    "VI_ATTR_IO_PROT": constants.IOProtocol.normal,
    "VI_ATTR_MAX_QUEUE_LENGTH": 50,
    "VI_ATTR_RSRC_CLASS": "INSTR",
    "VI_ATTR_RSRC_LOCK_STATE": constants.AccessModes.no_lock,
    "VI_ATTR_RSRC_MANF_NAME": "ferrovisa",
    "VI_ATTR_RSRC_NAME": name,
    "VI_ATTR_SEND_END_EN": True,
    "VI_ATTR_SUPPRESS_END_EN": False,
    "VI_ATTR_TERMCHAR": 10,
    "VI_ATTR_TERMCHAR_EN": False,
    "VI_ATTR_TMO_VALUE": 2000,
    "VI_ATTR_TRIG_ID": constants.VI_TRIG_SW,
    "VI_ATTR_WR_BUF_OPER_MODE": constants.VI_FLUSH_WHEN_FULL,
    "VI_ATTR_RD_BUF_OPER_MODE": constants.VI_FLUSH_DISABLE,
}


def all_attributes():
    """Every attribute has its value, or is said not to be supported."""
    session, _ = manager.visalib.open(manager.session, name)
    seen, refused = 0, []
    for attribute in SerialInstrument.visa_attributes_classes:
        seen += 1
        try:
            value, _ = manager.visalib.get_attribute(session, attribute.attribute_id)
        except pyvisa.VisaIOError as error:
            assert error.error_code == StatusCode.error_nonsupported_attribute, (attribute, error)
            refused.append(attribute.visa_name)
            continue
        wanted = FRESH.get(attribute.visa_name, value)
        assert value == wanted, (attribute.visa_name, value, wanted)
    # Not in the list of this release, or of NI's hardware alone.
    assert set(refused) <= {"VI_ATTR_ASRL_CONNECTED"}, refused
    assert seen >= 48, seen
    manager.visalib.close(session)


def settings(inst):
    """What is set reads back, what cannot be says so."""
    assert (inst.baud_rate, inst.data_bits) == (9600, 8)
    inst.baud_rate = 57600
    assert inst.baud_rate == 57600
    shown = subprocess.run(["stty", "-F", path], capture_output=True, text=True, check=True)
    assert "57600" in shown.stdout, shown
    inst.baud_rate = 12345
    assert inst.baud_rate == 12345
    inst.stop_bits = constants.StopBits.two
    assert inst.stop_bits == constants.StopBits.two
    refused = StatusCode.error_nonsupported_attribute_state
    for attribute, value in (
        ("data_bits", 7),
        ("parity", constants.Parity.even),
        ("stop_bits", constants.StopBits.one_and_a_half),
    ):
        before = getattr(inst, attribute)
        failing(refused, lambda: setattr(inst, attribute, value))
        assert getattr(inst, attribute) == before, attribute
    inst.flow_control = 1
    assert inst.flow_control == 1
    inst.xon_char, inst.xoff_char = "!", "#"
    assert (inst.xon_char, inst.xoff_char) == ("!", "#")
    inst.xon_char, inst.xoff_char, inst.flow_control = "\x11", "\x13", 0
    inst.allow_transmit = False
    assert inst.allow_transmit is False
    inst.allow_transmit = True
    inst.break_length = 5
    assert inst.break_length == 5
    inst.replace_char = "?"
    assert inst.replace_char == "?"
    inst.discard_null = True
    assert inst.discard_null is True
    inst.discard_null = False
    # No line: unknown, and no I/O error.
    for line in "CTS", "DSR", "DCD", "RI", "DTR", "RTS":
        attribute = getattr(constants, f"VI_ATTR_ASRL_{line}_STATE")
        assert inst.get_visa_attribute(attribute) == constants.VI_STATE_UNKNOWN, line
    failing(refused, lambda: inst.set_visa_attribute(constants.VI_ATTR_ASRL_RTS_STATE, 1))


def endings(inst):
    """Reads end at line feed without any termination having been set."""
    inst.write_termination = "\n"
    assert inst.end_input == SerialTermination.termination_char
    assert inst.query("ECHO abc") == "abc\n"
    assert inst.last_status == StatusCode.success, inst.last_status
    inst.read_termination = "\n"
    assert inst.query("ECHO abc") == "abc"
    inst.read_termination = None
    inst.end_input = SerialTermination.none
    inst.timeout = 200
    inst.write("ECHO abc")
    failing(StatusCode.error_timeout, lambda: inst.read_raw())
    inst.write("ECHO abc")
    assert inst.read_bytes(4) == b"abc\n"
    inst.end_input = SerialTermination.termination_char
    inst.timeout = 5000
    inst.end_output = SerialTermination.termination_char
    inst.write_termination = ""
    assert inst.query("ECHO added") == "added\n"
    inst.end_output = SerialTermination.none
    inst.write_termination = "\n"


def waiting_bytes(inst):
    """AVAIL_NUM is what can be read now."""
    inst.write("ECHO 12345")
    deadline = time.monotonic() + 20
    while inst.bytes_in_buffer < 6:
        assert time.monotonic() < deadline, inst.bytes_in_buffer
    assert inst.bytes_in_buffer == 6
    assert inst.read_bytes(2) == b"12"
    assert inst.bytes_in_buffer == 4
    inst.flush(constants.VI_IO_IN_BUF_DISCARD)
    assert inst.bytes_in_buffer == 0


def one_process(inst):
    """Another process finds the port busy; this one shares it."""
    more = "import sys, pyvisa; pyvisa.ResourceManager(sys.argv[1]).open_resource(sys.argv[2])"
    other = subprocess.run(
        [sys.executable, "-c", more, library, name], capture_output=True, text=True
    )
    assert "VI_ERROR_RSRC_BUSY" in other.stderr, other
    with manager.open_resource(name, write_termination="\n") as second:
        assert second.baud_rate == inst.baud_rate
        assert second.query("ECHO shared") == "shared\n"


def by_number():
    """A configured number, in any case, and what the shell shows of it. A manager has the
    configuration of the moment when it was opened, and PyVISA opens one for all: so anew."""
    file = os.path.join(os.environ["HOME"], f"serial-{os.getpid()}.toml")
    with open(file, "w") as config:
        config.write(f'[serial]\n7 = "{path}"\n')
    os.environ["FERROVISA_CONFIG"] = file
    try:
        another = pyvisa.ResourceManager(library)
        assert "ASRL7::INSTR" in another.list_resources(), another.list_resources()
        with another.open_resource("asrl7", write_termination="\n") as inst:
            assert inst.resource_name == "ASRL7::INSTR"
            shown = inst.get_visa_attribute(constants.VI_ATTR_INTF_INST_NAME)
            assert shown == f"ASRL7 ({path})", shown
            assert inst.query("*IDN?").startswith("Ferrovisa,")
            # Still listed while it is open.
            assert "ASRL7::INSTR" in another.list_resources()
        with another.open_resource("COM7", write_termination="\n") as inst:
            assert inst.resource_name == "ASRL7::INSTR"
        assert another.resource_info("ASRL7").alias == "COM7"
        another.close()
    finally:
        del os.environ["FERROVISA_CONFIG"]
        os.unlink(file)


all_attributes()
with manager.open_resource(name) as inst:
    assert type(inst) is SerialInstrument, type(inst)
    inst.timeout = 5000
    settings(inst)
    endings(inst)
    waiting_bytes(inst)
    one_process(inst)
    # 488.2 strings, once asked for.
    failing(StatusCode.error_nonsupported_operation, inst.read_stb)
    inst.io_protocol = constants.IOProtocol.protocol4882_strs
    assert isinstance(inst.read_stb(), int)
    inst.assert_trigger()
    assert int(inst.query("TRIG:COUN?")) == 1
    inst.clear()
    assert inst.query("*IDN?").startswith("Ferrovisa,")
manager.close()
by_number()
