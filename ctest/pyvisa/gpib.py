"""PyVISA's examples for GPIB on a board that the configuration names.

Arguments: the library, the board ("GPIB7"), and what it has beyond addressing devices: "ren" the
REN line, "atn" the ATN line and pass control, "lines" that it tells its lines, "presence" that it
tells who is there. At 5, 12 and 9::3 are simulated instruments. Numbers are those of the
requirements.
"""
import multiprocessing
import sys

import pyvisa
from pyvisa import constants
from pyvisa.constants import EventMechanism, EventType, StatusCode

library, board, features = sys.argv[1:]


def failing(code, action):
    try:
        action()
    except pyvisa.VisaIOError as error:
        assert error.error_code == code, error
    else:
        raise AssertionError(f"{code!r} was expected")


def open_at(manager, where, **more):
    inst = manager.open_resource(f"{board}::{where}", **more)
    inst.timeout = 10_000
    return inst


def keithley_2000(manager):
    """E12, as the documentation has it, but faster."""
    keithley = open_at(manager, "12")
    keithley.write("*rst; status:preset; *cls")
    interval_in_ms = 20
    number_of_readings = 10
    keithley.write("status:measurement:enable 512; *sre 1")
    keithley.write("sample:count %d" % number_of_readings)
    keithley.write("trigger:source bus")
    keithley.write("trigger:delay %f" % (interval_in_ms / 1000.0))
    keithley.write("trace:points %d" % number_of_readings)
    keithley.write("trace:feed sense1; trace:feed:control next")
    # Two runs: in the second the event is enabled already.
    for _ in range(2):
        keithley.write("initiate")
        keithley.assert_trigger()
        keithley.wait_for_srq()
        voltages = keithley.query_ascii_values("trace:data?")
        assert len(voltages) == number_of_readings, voltages
        assert keithley.query("status:measurement?")
        keithley.write("trace:clear; trace:feed:control next")
    keithley.close()


def requests_of_two(manager):
    """R141, R142: each hears of its own request, whoever asks first."""
    five, nine = open_at(manager, "5"), open_at(manager, "9::3")
    for inst in five, nine:
        inst.write("*CLS;*SRE 32;*ESE 1")
        inst.enable_event(EventType.service_request, EventMechanism.queue)
    for _ in range(3):
        nine.write("*OPC")
        nine.wait_for_srq(10_000)
        five.write("*OPC")
        nine.write("*CLS;*OPC")
        five.wait_for_srq(10_000)
        nine.wait_for_srq(10_000)
        for inst in five, nine:
            inst.write("*CLS")
    # A request of one does not end the wait of the other.
    nine.write("*OPC")
    failing(StatusCode.error_timeout, lambda: five.wait_for_srq(300))
    assert nine.stb & 0x60 == 0x60
    for inst in five, nine:
        inst.write("*CLS")
        inst.close()


def instruments(manager):
    """R185: addresses, both spellings of a name, remote control."""
    nine = open_at(manager, "9::3")
    assert nine.query("*IDN?").startswith("Ferrovisa,GPIB Instrument,9:3,"), nine
    assert (nine.primary_address, nine.secondary_address) == (9, 3)
    assert nine.resource_info.interface_type == constants.InterfaceType.gpib
    five = open_at(manager, "5")
    assert five.query("*IDN?").startswith("Ferrovisa,GPIB Instrument,5,")
    assert five.get_visa_attribute(constants.VI_ATTR_GPIB_READDR_EN)
    five.set_visa_attribute(constants.VI_ATTR_GPIB_READDR_EN, False)
    assert five.query("*OPC?").strip() == "1"
    operation = constants.RENLineOperation
    five.control_ren(operation.asrt_address_llo)
    five.control_ren(operation.address_gtl)
    five.control_ren(operation.asrt)
    if "ren" in features:
        five.control_ren(operation.deassert)
        five.control_ren(operation.asrt_llo)
        five.control_ren(operation.deassert_gtl)
        five.control_ren(operation.asrt)
    else:
        failing(StatusCode.error_nonsupported_operation,
                lambda: five.control_ren(operation.deassert))
    block = bytes(range(256)) * 20
    five.write_binary_values("ECHO:BLOCK ", list(block), datatype="B")
    answer = five.read_raw()
    assert answer == b"#45120" + block + b"\n", answer[:20]
    five.clear()
    nine.close()
    five.close()


def interface(manager):
    """E52, R186: the board as the bus's controller."""
    gpib = open_at(manager, "INTFC")
    five, twelve = open_at(manager, "5"), open_at(manager, "12")
    for inst in five, twelve:
        inst.write("*RST")
    gpib.send_ifc()
    assert gpib.is_controller_in_charge
    gpib.group_execute_trigger(five, twelve)
    for inst in five, twelve:
        assert inst.query("TRIG:COUN?").strip() == "1", inst
    # Raw data goes to whom the command bytes address.
    own = gpib.get_visa_attribute(constants.VI_ATTR_GPIB_PRIMARY_ADDR)
    gpib.send_command(bytes([0x3F, 0x40 + own, 0x29, 0x63]))
    gpib.write_raw(b"*IDN?")
    gpib.send_command(bytes([0x3F, 0x20 + own, 0x49, 0x63]))
    assert gpib.read_raw().startswith(b"Ferrovisa,GPIB Instrument,9:3,")
    lines = constants.LineState
    unknown = lines.unknown
    assert gpib.get_visa_attribute(constants.VI_ATTR_GPIB_SRQ_STATE) == lines.unasserted
    ren = gpib.remote_enabled
    assert ren == (lines.asserted if "ren" in features else unknown), ren
    ndac = gpib.ndac_state
    assert (ndac != unknown) == ("lines" in features), ndac
    if "atn" in features:
        gpib.control_atn(constants.ATNLineOperation.asrt)
        gpib.control_atn(constants.ATNLineOperation.deassert)
        gpib.pass_control(5, constants.VI_NO_SEC_ADDR)
        assert not gpib.is_controller_in_charge
        gpib.send_ifc()
        assert gpib.is_controller_in_charge
    else:
        failing(StatusCode.error_nonsupported_operation,
                lambda: gpib.control_atn(constants.ATNLineOperation.asrt))
        failing(StatusCode.error_nonsupported_operation,
                lambda: gpib.pass_control(5, constants.VI_NO_SEC_ADDR))
    assert five.query("*OPC?").strip() == "1"
    for inst in gpib, five, twelve:
        inst.close()


def presence(manager):
    """R051, and what is listed."""
    names = manager.list_resources()
    if "presence" not in features:
        return
    assert f"{board}::5::INSTR" in names and f"{board}::9::3::INSTR" in names, names
    assert f"{board}::12::INSTR" in names and f"{board}::17::INSTR" not in names, names
    nobody = manager.visalib.open(manager.session, f"{board}::17::INSTR")
    session, status = nobody
    assert status == StatusCode.success_device_not_present, nobody
    manager.visalib.close(session)


def other_process(word):
    manager = pyvisa.ResourceManager(library)
    inst = open_at(manager, "5" if word == "a" else "9::3")
    for i in range(40):
        text = f"{word}{i}" * (i + 1)
        assert inst.query(f"ECHO {text}").strip() == text
    inst.write("*CLS;*SRE 32;*ESE 1")
    for _ in range(3):
        inst.write("*OPC")
        inst.wait_for_srq(20_000)
        inst.write("*CLS")
    manager.close()


def processes():
    """Two processes, one board: no interleaved addressing, no lost request."""
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=other_process, args=(word,)) for word in "ab"]
    for process in both:
        process.start()
    for process in both:
        process.join(100)
        assert process.exitcode == 0, process


if __name__ == "__main__":
    manager = pyvisa.ResourceManager(library)
    keithley_2000(manager)
    requests_of_two(manager)
    instruments(manager)
    interface(manager)
    presence(manager)
    # The manager and, on an adapter, the connection stay ours meanwhile.
    idle = open_at(manager, "12")
    assert idle.query("*OPC?").strip() == "1"
    processes()
    assert idle.query("*OPC?").strip() == "1"
    manager.close()
