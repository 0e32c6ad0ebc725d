"""Each resource class opens and closes and leaves no session behind.

Runs on a library built with in-memory devices for the classes that have no driver.
"""
import sys
import warnings

import pyvisa
from pyvisa import constants, resources

library, *network = sys.argv[1:]
manager = pyvisa.ResourceManager(library)

NAMES = {
    "ASRL::1.2.3.4::2::INSTR": "SerialInstrument",
    "ASRL1::INSTR": "SerialInstrument",
    "ASRL2": "SerialInstrument",
    "asrl2": "SerialInstrument",
    "GPIB::10": "GPIBInstrument",
    "GPIB1::10": "GPIBInstrument",
    "GPIB::1::0::INSTR": "GPIBInstrument",
    "GPIB2::INTFC": "GPIBInterface",
    "PXI::2::BACKPLANE": "PXIBackplane",
    "PXI::15::INSTR": "PXIInstrument",
    "PXI0::2-12.1::INSTR": "PXIInstrument",
    "PXI::CHASSIS1::SLOT3": "PXIInstrument",
    "PXI::MEMACC": "PXIMemory",
    "USB::0x1234::125::A22-5::INSTR": "USBInstrument",
    "USB0::0x1AB1::0x0588::DS1K00005888::INSTR": "USBInstrument",
    "USB::0x5678::0x33::SN999::1::RAW": "USBRaw",
    "VXI::1::BACKPLANE": "VXIBackplane",
    "VXI0::1::INSTR": "VXIInstrument",
    "VXI::MEMACC": "VXIMemory",
    "VXI0::SERVANT": "Resource",
    **{name: "TCPIPSocket" if name.endswith("SOCKET") else "TCPIPInstrument" for name in network},
}


def open_and_close(name, wanted):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyVISA has no class for SERVANT and says so
        inst = manager.open_resource(name)
    session = inst.session
    assert type(inst).__name__ == wanted, (name, type(inst))
    for attribute in getattr(inst, "visa_attributes_classes", ()):
        if attribute.attribute_id and attribute.read:
            try:
                inst.get_visa_attribute(attribute.attribute_id)
            except pyvisa.VisaIOError as error:
                supported = constants.StatusCode.error_nonsupported_attribute
                assert error.error_code == supported, (name, attribute, error)
            except AttributeError:
                assert pyvisa.__version__.startswith("1.11"), (name, attribute)
    inst.close()
    # The number is gone: PyVISA's close reached viClose.
    try:
        manager.visalib.get_attribute(session, constants.VI_ATTR_RSRC_NAME)
    except (pyvisa.InvalidSession, pyvisa.VisaIOError) as error:
        code = getattr(error, "error_code", constants.StatusCode.error_invalid_object)
        assert code == constants.StatusCode.error_invalid_object, (name, error)
    else:
        raise AssertionError(f"{name} left its session behind")


for name, wanted in NAMES.items():
    open_and_close(name, wanted)
assert manager.list_resources("?*") == (), manager.list_resources("?*")
print(len(NAMES), "names")
manager.close()
