"""PyVISA's GPIB programs on the bench: instruments at 5, 9 and 12::3, another controller at 29.

Numbers in comments are those of the requirements that the programs show.
"""
import os
import socket
import sys
import time
import warnings

import pyvisa
from pyvisa import constants
from pyvisa.constants import StatusCode

library, board = sys.argv[1:]
manager = pyvisa.ResourceManager(library)
# No example may make the library return a code that PyVISA warns about.
warnings.simplefilter("error")


def bus(command):
    """What the bench answers (ctest/gpib/control.rs)."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.environ["GPIB_BENCH"] + "/control")
        control.sendall(command.encode() + b"\n")
        answer = b""
        while piece := control.recv(65536):
            answer += piece
    answer = answer.decode().rstrip("\n")
    assert not answer.startswith("error:"), (command, answer)
    return answer


def failing(code, action):
    try:
        action()
    except pyvisa.VisaIOError as error:
        assert error.error_code == code, error
    else:
        raise AssertionError(f"{code!r} was expected")


def keithley(meter):
    """E12, the documentation's Keithley 2000, with a shorter interval. R109, R141."""
    meter.write("*rst; status:preset; *cls")
    interval_in_ms = 20
    number_of_readings = 10
    meter.write("status:measurement:enable 512; *sre 1")
    meter.write("sample:count %d" % number_of_readings)
    meter.write("trigger:source bus")
    meter.write("trigger:delay %f" % (interval_in_ms / 1000.0))
    meter.write("trace:points %d" % number_of_readings)
    meter.write("trace:feed sense1; trace:feed:control next")
    meter.write("initiate")
    start = time.monotonic()
    meter.assert_trigger()
    meter.wait_for_srq()
    assert time.monotonic() - start >= 0.2
    voltages = meter.query_ascii_values("trace:data?")
    assert len(voltages) == 10 and all(4.9 < volts < 5.1 for volts in voltages), voltages
    assert meter.query("status:measurement?").strip() == "512"
    meter.write("trace:clear; trace:feed:control next")
    assert meter.query("system:error?").startswith("0,"), meter.query("system:error?")


def requests(meter, other):
    """R142: one SRQ line, many devices."""
    for inst in meter, other:
        inst.write("*cls;*ese 1;*sre 32")
    # Another's request does not end the wait.
    other.write("*opc")
    failing(StatusCode.error_timeout, lambda: meter.wait_for_srq(timeout=500))
    assert other.read_stb() == 0x60
    meter.write("*opc")
    meter.wait_for_srq(timeout=20000)
    assert meter.query("*esr?").strip() == "1"
    # Without end.
    meter.write("*opc")
    meter.wait_for_srq(timeout=None)


def instruments():
    """R185: addresses, values, termination, and everything an instrument has."""
    with manager.open_resource(f"{board}::5") as meter, manager.open_resource(
        f"{board}::12::3::INSTR"
    ) as other:
        meter.timeout = other.timeout = 20000
        assert isinstance(meter, pyvisa.resources.GPIBInstrument), meter
        assert meter.query("*IDN?").strip() == "Ferrovisa,GPIB Instrument,5,1.0"
        assert other.query("*IDN?").strip() == "Ferrovisa,GPIB Instrument,12:3,1.0"
        assert (meter.primary_address, other.primary_address, other.secondary_address) == (5, 12, 3)
        assert meter.secondary_address == constants.VI_NO_SEC_ADDR
        assert meter.enable_repeat_addressing is True
        assert meter.enable_unaddressing is False
        curve = meter.query_binary_values("curv?", datatype="b")
        assert len(curve) == 1000
        meter.write_binary_values("data:load ", [i * 31 + i // 251 & 255 for i in range(1000)], "B")
        assert meter.query("data:load?").strip().endswith(",1")
        # Twice in a row: events are enabled already then.
        keithley(meter)
        keithley(meter)
        requests(meter, other)
        meter.clear()
        assert meter.read_stb() & 0x10 == 0
        meter.control_ren(constants.RENLineOperation.address_gtl)
        assert "remote 0" in bus("seen 5")
        meter.control_ren(constants.RENLineOperation.asrt_address)
        assert "remote 1" in bus("seen 5")
        meter.timeout = 300
        failing(StatusCode.error_timeout, meter.read)
        for attribute in meter.visa_attributes_classes:
            if attribute.attribute_id and attribute.read:
                try:
                    meter.get_visa_attribute(attribute.attribute_id)
                except pyvisa.VisaIOError as error:
                    assert error.error_code == StatusCode.error_nonsupported_attribute, error


def interface():
    """E52, R186: the board."""
    with manager.open_resource(f"{board}::INTFC") as intfc:
        intfc.timeout = 20000
        assert isinstance(intfc, pyvisa.resources.GPIBInterface), intfc
        intfc.send_ifc()
        assert intfc.is_controller_in_charge and intfc.is_system_controller
        intfc.control_ren(constants.RENLineOperation.asrt)
        assert intfc.remote_enabled == constants.LineState.asserted
        with manager.open_resource(f"{board}::5") as one, manager.open_resource(
            f"{board}::9"
        ) as two:
            before = [bus(f"seen {n}").split()[3] for n in (5, 9)]
            bus("forget")
            intfc.group_execute_trigger(one, two)
            assert "40 3F 25 29 08" in bus("log"), bus("log")
            after = [bus(f"seen {n}").split()[3] for n in (5, 9)]
            assert [int(n) + 1 for n in before] == [int(n) for n in after], (before, after)
        bus("forget")
        intfc.send_command(b"\x3f\x40\x2c\x63")
        assert bus("log") == "3F 40 2C 63", bus("log")
        intfc.write_raw(b"*idn?")
        intfc.send_command(b"\x3f\x20\x4c\x63")
        assert intfc.address_state == constants.AddressState.listenr
        assert intfc.read_raw() == b"Ferrovisa,GPIB Instrument,12:3,1.0\n"
        intfc.control_atn(constants.ATNLineOperation.asrt)
        assert intfc.atn_state == constants.LineState.asserted
        intfc.control_atn(constants.ATNLineOperation.deassert)
        assert intfc.atn_state == constants.LineState.unasserted
        assert intfc.ndac_state in tuple(constants.LineState)
        intfc.pass_control(29, constants.VI_NO_SEC_ADDR)
        assert "in-charge" in bus("other status")
        failing(StatusCode.error_not_cic, lambda: intfc.send_command(b"\x3f"))
        bus("other command 3F 40 09")
        assert intfc.is_controller_in_charge


def listing():
    """R051: what is there."""
    names = manager.list_resources("GPIB?*")
    for address in "5", "9", "12::3":
        assert f"{board}::{address}::INSTR" in names, names
    assert f"{board}::INTFC" in manager.list_resources("?*"), names


instruments()
interface()
listing()
manager.close()
print("ok")
