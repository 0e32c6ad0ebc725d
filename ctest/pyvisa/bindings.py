"""Every function that PyVISA looks up is there, and the manager tells who we are."""
import sys

import pyvisa
from pyvisa import constants

manager = pyvisa.ResourceManager(sys.argv[1])
library = manager.visalib.lib
missing = getattr(library, "_functions_failed", [])
assert len(library._functions) == 90, len(library._functions)
assert not missing, missing

get = manager.visalib.get_attribute
vendor, _ = get(manager.session, constants.VI_ATTR_RSRC_MANF_NAME)
assert vendor == "ferrovisa", vendor
implementation, _ = get(manager.session, constants.VI_ATTR_RSRC_IMPL_VERSION)
specification, _ = get(manager.session, constants.VI_ATTR_RSRC_SPEC_VERSION)
assert specification == 0x00700200, hex(specification)
print(pyvisa.__version__, vendor, hex(implementation), hex(specification))

# Nothing found is an empty tuple, not one empty name.
assert manager.list_resources("NONE?*") == (), manager.list_resources("NONE?*")
# Without a configuration, what this machine has.
assert all(name.startswith("ASRL") for name in manager.list_resources()), manager.list_resources()
for wrong in "[", "(a", "*":
    try:
        manager.list_resources(wrong)
    except pyvisa.VisaIOError as error:
        assert error.error_code == constants.StatusCode.error_invalid_expression, error
    else:
        raise AssertionError(f"{wrong!r} was accepted")
manager.close()
