"""What the configuration sets sessions to, as a PyVISA program meets it."""
import os
import pathlib
import sys
import tempfile
import warnings

import pyvisa
from pyvisa import constants

library, *names = sys.argv[1:]
warnings.simplefilter("error")


def configured(text):
    file.write_text(text)
    return pyvisa.ResourceManager(library)


def manager_of(name, always):
    return configured(
        f'[defaults."{name}"]\ntimeout = 8765\ntermination = "\\n"\nalways = {always}\n'
    )


with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder, "config.toml")
    os.environ["FERROVISA_CONFIG"] = str(file)
    for name in names:
        # Nothing set, nothing asked for: the program that says nothing has the standard's values.
        manager = manager_of(name, "false")
        with manager.open_resource(name) as inst:
            assert inst.timeout == 2000, inst.timeout
        # Asked for.
        with manager.open_resource(name, access_mode=constants.VI_LOAD_CONFIG) as inst:
            assert inst.timeout == 8765, inst.timeout
            inst.write("*IDN?\n", termination="")
            assert inst.read().startswith("Ferrovisa,")
        manager.close()
        # Set without a word of the program; what it says itself goes on top.
        manager = manager_of(name, "true")
        with manager.open_resource(name, write_termination="\n") as inst:
            assert inst.timeout == 8765, inst.timeout
            assert inst.get_visa_attribute(constants.VI_ATTR_TERMCHAR_EN)
            assert inst.query("*IDN?").startswith("Ferrovisa,")
        with manager.open_resource(name, timeout=1234) as inst:
            assert inst.timeout == 1234, inst.timeout
        manager.close()
        # Nothing to load is a warning, and a session all the same.
        manager = configured("")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            with manager.open_resource(name, access_mode=constants.VI_LOAD_CONFIG) as inst:
                assert inst.timeout == 2000, inst.timeout
        codes = [one.message.error_code for one in told if hasattr(one.message, "error_code")]
        assert codes == [constants.VI_WARN_CONFIG_NLOADED], told
        manager.close()
