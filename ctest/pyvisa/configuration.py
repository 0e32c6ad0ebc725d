"""Static resources and aliases of the configuration file."""
import os
import pathlib
import sys
import tempfile

import pyvisa

library, *names = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder, "config.toml")
    listed = ", ".join(f'"{name}"' for name in names)
    aliases = "\n".join(f'scope{i} = "{name}"' for i, name in enumerate(names))
    file.write_text(f"resources = [{listed}]\nmistake = 1\n[aliases]\n{aliases}\n")
    os.environ["FERROVISA_CONFIG"] = str(file)
    manager = pyvisa.ResourceManager(library)

    assert set(names) <= set(manager.list_resources("?*")), manager.list_resources("?*")
    assert len(set(manager.list_resources("?*"))) == len(manager.list_resources("?*"))
    default = [name for name in names if name.endswith("INSTR")]
    assert set(default) <= set(manager.list_resources())
    infos = manager.list_resources_info("?*")
    more = {"read_termination": "\n", "write_termination": "\n", "timeout": 10_000}
    for i, name in enumerate(names):
        assert infos[name].alias == f"scope{i}", infos[name]
        info = manager.resource_info(f"scope{i}")
        assert (info.alias, info.resource_name) == (f"scope{i}", name), info
        with manager.open_resource(f"SCOPE{i}", **more) as inst:
            assert inst.query("*IDN?").startswith("Ferrovisa,")
            assert inst.resource_name == name, inst.resource_name
            # Open as well as configured: still listed once.
            assert manager.list_resources("?*").count(name) == 1
    try:
        manager.open_resource("scope99")
        raise SystemExit("opened what is not configured")
    except pyvisa.VisaIOError as error:
        assert error.error_code == pyvisa.constants.VI_ERROR_INV_RSRC_NAME, error
