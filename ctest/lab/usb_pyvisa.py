"""PyVISA's USBInstrument over the library, on an emulated instrument.

Arguments: its serial number, and the library.
"""
import sys
import threading
import warnings

import pyvisa
from pyvisa import constants
from pyvisa.constants import EventMechanism, EventType, RENLineOperation, StatusCode
from pyvisa.resources import USBInstrument

serial, library = sys.argv[1:]
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


def attributes(inst):
    assert type(inst) is USBInstrument
    assert inst.manufacturer_id == 0x1209 and inst.model_code == 0x0010
    assert inst.manufacturer_name == "ferrovisa" and inst.model_name == "bench instrument"
    assert inst.serial_number == serial and inst.interface_number == 0
    assert inst.usb_protocol == 1 and inst.is_4882_compliant
    assert inst.maximum_interrupt_size > 0
    assert inst.interface_type == constants.InterfaceType.usb


def messages(inst):
    assert inst.query("*IDN?") == f"Ferrovisa,Bench Instrument,{serial}/0,1\n"
    inst.write("WAV:POIN 1000;FORM BYTE")
    wave = inst.query_binary_values("CURV?", datatype="b")
    assert len(wave) == 1000
    for chunk in 7, 500, 512, 100000:
        inst.write("WAV:DATA?")
        raw = inst.read_bytes(1000 + len("#41000") + 1, chunk_size=chunk)
        assert raw.startswith(b"#41000") and list(raw[6:-1]) == [v & 0xFF for v in wave], chunk
    inst.write_binary_values("ECHO:BLOC? ", list(range(256)) * 40, datatype="B")
    back = inst.read_binary_values(datatype="B")
    assert back == list(range(256)) * 40
    # A termination character in binary data.
    inst.read_termination = "\n"
    assert inst.query("ECHO a") == "a"
    inst.write("DATA:BLOC? 1000")
    assert len(inst.read_binary_values(datatype="B")) == 1000
    inst.read_termination = None
    inst.send_end = False
    inst.write_raw(b"ECHO in ")
    inst.send_end = True
    inst.write_raw(b"pieces")
    assert inst.read() == "in pieces\n"


def timeouts(inst):
    inst.timeout = 300
    failing(StatusCode.error_timeout, inst.read)
    failing(StatusCode.error_timeout, lambda: inst.query("SYST:DELAY 2000;:ECHO late"))
    inst.timeout = 60000
    assert inst.query("ECHO own") == "own\n"
    inst.write("ECHO dropped")
    inst.clear()
    assert inst.query("ECHO kept") == "kept\n"


def operations(inst):
    inst.write("*CLS")
    inst.write("TRIG:COUN?")
    before = int(inst.read())
    inst.assert_trigger()
    assert int(inst.query("TRIG:COUN?")) == before + 1
    inst.write("ECHO x")
    assert inst.read_stb() & 0x10
    assert inst.read() == "x\n" and inst.stb & 0x10 == 0
    for mode in RENLineOperation:
        inst.control_ren(mode)
    answer = inst.control_in(0xA1, 7, 0, 0, 0x18)
    answer = answer[0] if isinstance(answer, tuple) else answer
    assert bytes(answer)[:1] == b"\x01" and len(answer) == 0x18


def service_requests(inst):
    inst.write("*CLS")
    inst.write("*ESE 1;*SRE 32")
    inst.enable_event(EventType.service_request, EventMechanism.queue)
    for _ in range(3):
        inst.write("*OPC")
        inst.wait_on_event(EventType.service_request, 60000)
        assert inst.query("*ESR?") == "1\n"
    inst.disable_event(EventType.service_request, EventMechanism.queue)

    happened = threading.Event()

    def handler(resource, event, user_handle):
        assert event.event_type == EventType.service_request
        happened.set()

    wrapped = inst.wrap_handler(handler)
    handle = inst.install_handler(EventType.service_request, wrapped, None)
    inst.enable_event(EventType.service_request, EventMechanism.handler)
    inst.read_stb()
    inst.write("*OPC")
    assert happened.wait(60)
    inst.disable_event(EventType.service_request, EventMechanism.handler)
    inst.uninstall_handler(EventType.service_request, wrapped, handle)
    inst.write("*SRE 0")


listed = [name for name in manager.list_resources() if name.startswith("USB")]
assert len(listed) == 1 and serial in listed[0], listed
assert manager.list_resources("USB?*INSTR") == tuple(listed)
filtered = manager.list_resources("USB?*INSTR{VI_ATTR_MANF_ID == 0x1209}")
assert filtered == tuple(listed), filtered
for name in listed[0], f"USB::0x1209::16::{serial}", f"usb0::4617::0x10::{serial}::instr":
    with manager.open_resource(name) as inst:
        attributes(inst)
with manager.open_resource(listed[0]) as inst:
    inst.timeout = 60000
    messages(inst)
    timeouts(inst)
    operations(inst)
    service_requests(inst)
manager.close()
