"""list_resources() with every operator of an expression, on resources that are configured.

What names a pattern means is told by Python's own `re`, into which the pattern is translated here
by the rules of VPP-4.3 table 4.4.1; what a condition means stands in the table.
"""
import os
import pathlib
import re
import sys
import tempfile

import pyvisa
from pyvisa import constants

library = sys.argv[1]

NAMES = [
    "GPIB0::8::INSTR",
    "GPIB0::2::INSTR",
    "GPIB1::1::1::INSTR",
    "GPIB9::7::12::INSTR",
    "GPIB12::8::INSTR",
    "GPIB0::INTFC",
    "GPIB-VXI0::1::INSTR",
    "GPIB-VXI1::MEMACC",
    "VXI0::1::INSTR",
    "VXI0::2::INSTR",
    "VXI0::MEMACC",
    "VXI0::1::BACKPLANE",
    "VXI0::SERVANT",
    "PXI0::3-18.2::INSTR",
    "PXI0::1::BACKPLANE",
    "PXI0::MEMACC",
    "ASRL101::INSTR",
    "ASRL111::INSTR",
    "ASRL202::INSTR",
    "TCPIP0::localhost,1111::inst0::INSTR",
    "TCPIP0::192.0.2.1::inst1::INSTR",
    "TCPIP0::192.0.2.7::hislip0::INSTR",
    "TCPIP0::localhost::10001::SOCKET",
    "TCPIP1::192.0.2.7::5025::SOCKET",
    "USB0::0x1112::0x2223::SN.1::0::INSTR",
    "USB0::0x1112::0x2224::SN2::1::INSTR",
    "USB1::0x1111::0x2222::0x4445::0::RAW",
]

PATTERNS = r"""
?*
?*::INSTR
?*INSTR
?*::SOCKET
?*::RAW
?*::INTFC
?*::MEMACC
?*::BACKPLANE
?*::SERVANT
GPIB?*INSTR
GPIB?+INSTR
GPIB[0-9]*::?*INSTR
GPIB[0-9]+::?*INSTR
GPIB[0-8]*::?*INSTR
GPIB[^0]::?*INSTR
GPIB[^0-9]?*
GPIB0
GPIB0::8::INSTR
gpib0::8::instr
GpIb?*
GPIB-VXI?*INSTR
GPIB\-VXI?*
VXI?*INSTR
?*VXI?*
?*VXI[0-9]*::?*INSTR
?*VXI[0-9]*::?*MEMACC
VXI0::?*
VXI0::[12]::INSTR
VXI|GPIB?*
VXI|GPIB
GPIB?*|VXI?*|ASRL?*
(GPIB|VXI)?*INSTR
(GPIB0|VXI0)::1::INSTR
(GPIB0|VXI0)::(1|8)::INSTR
(GPIB(0|1)|VXI0)::?*
?*(VXI)?*
?*(VXI)+?*
?*(VXI)*?*
(?*(0::|1::)+)+INSTR
((((GPIB))))?*
ASRL[0-9]*::?*INSTR
ASRL1+::INSTR
ASRL1[01]+::INSTR
ASRL1*[0-9]::INSTR
ASRL(1|0)+::INSTR
ASRL(101|202)::INSTR
ASRL???::INSTR
ASRL??::INSTR
ASRL[1-2]?[1-2]::INSTR
ASRL[2-]?*
ASRL[^1]?*
[^U]?*
[^GVPATU]?*
[GU]?*
[g-u]?*
[A-H]?*
[TUV]?*::[0-9]+::?*
?*[.]?*
?*.?*
?*\.?*
?*,?*
?*::[^I]?*
?*::[i-i]NSTR
?*::[^A-H]NSTR
?*::I[^A]STR
?*[0-9][0-9][0-9][0-9][0-9]?*
TCPIP?*
TCPIP[0-9]::localhost?*
TCPIP?*::(inst|hislip)[0-9]::INSTR
TCPIP?*::hislip?*
TCPIP0::192.0.2.?::?*
TCPIP0::192\.0\.2\.[17]::?*
?*localhost?*
?*::10001::SOCKET
?*::[0-9]+::SOCKET
USB[0-9]*::0x1112::?*
USB?*::0X1112::?*
USB?*RAW
USB?*::SN?*::INSTR
USB?*::[0-1]::INSTR
\U\S\B?*
PXI?*
PXI0::[0-9]+::BACKPLANE
PXI0::[0-9]+-?*
?*-?*
?+
????::?*
?????::?*
^GPIB?*
GPIB?*$
$?*
\?*
\**
a+b+c
NOSUCH?*
""".split()

CONDITIONS = [
    ("?*{VI_ATTR_TCPIP_PORT == 10001}", ["TCPIP0::localhost::10001::SOCKET"]),
    ("?*{VI_ATTR_TCPIP_PORT > 5000 && VI_ATTR_TCPIP_PORT < 6000}", ["TCPIP1::192.0.2.7::5025::SOCKET"]),
    ("GPIB?*{VI_ATTR_GPIB_PRIMARY_ADDR == 8}", ["GPIB0::8::INSTR", "GPIB12::8::INSTR"]),
    ("GPIB?*{VI_ATTR_GPIB_PRIMARY_ADDR == 0x8}", ["GPIB0::8::INSTR", "GPIB12::8::INSTR"]),
    ("GPIB[0-9]*::?*::?*::INSTR{VI_ATTR_GPIB_SECONDARY_ADDR > 0 && VI_ATTR_GPIB_SECONDARY_ADDR < 10}", ["GPIB1::1::1::INSTR"]),
    ("GPIB?*INSTR{VI_ATTR_GPIB_SECONDARY_ADDR == 65535}", ["GPIB0::2::INSTR", "GPIB0::8::INSTR", "GPIB12::8::INSTR"]),
    ("?*{VI_ATTR_TCPIP_DEVICE_NAME == \"inst1\"}", ["TCPIP0::192.0.2.1::inst1::INSTR"]),
    ("?*{VI_ATTR_TCPIP_DEVICE_NAME == 'inst1'}", ["TCPIP0::192.0.2.1::inst1::INSTR"]),
    ("TCPIP?*INSTR{VI_ATTR_TCPIP_DEVICE_NAME != \"inst1\"}", ["TCPIP0::192.0.2.7::hislip0::INSTR", "TCPIP0::localhost,1111::inst0::INSTR"]),
    ("?*{VI_ATTR_USB_SERIAL_NUM == \"SN2\"}", ["USB0::0x1112::0x2224::SN2::1::INSTR"]),
    ("?*INSTR{VI_ATTR_MANF_ID == 0x1112 && VI_ATTR_USB_INTFC_NUM == 0}", ["USB0::0x1112::0x2223::SN.1::0::INSTR"]),
    ("USB?*{VI_ATTR_MODEL_CODE >= 0x2223 && VI_ATTR_MODEL_CODE <= 0x2224}", ["USB0::0x1112::0x2223::SN.1::0::INSTR", "USB0::0x1112::0x2224::SN2::1::INSTR"]),
    ("USB?*{VI_ATTR_MANF_ID == 4369}", ["USB1::0x1111::0x2222::0x4445::0::RAW"]),
    ("ASRL???::INSTR{VI_ATTR_ASRL_BAUD == 9600}", ["ASRL101::INSTR", "ASRL111::INSTR", "ASRL202::INSTR"]),
    ("ASRL???::INSTR{VI_ATTR_ASRL_BAUD != 9600}", []),
    ("ASRL???::INSTR{VI_ATTR_ASRL_DATA_BITS == 8 && VI_ATTR_INTF_NUM > 200}", ["ASRL202::INSTR"]),
    ("?*::INSTR{VI_ATTR_INTF_NUM == 9 || VI_ATTR_INTF_NUM == 12}", ["GPIB12::8::INSTR", "GPIB9::7::12::INSTR"]),
    ("?*::INSTR{VI_ATTR_INTF_NUM == 9 || VI_ATTR_INTF_NUM == 12 && VI_ATTR_GPIB_PRIMARY_ADDR == 7}", ["GPIB9::7::12::INSTR"]),
    ("?*::INSTR{(VI_ATTR_INTF_NUM == 9 || VI_ATTR_INTF_NUM == 12) && VI_ATTR_GPIB_PRIMARY_ADDR == 8}", ["GPIB12::8::INSTR"]),
    ("GPIB?*INSTR{!(VI_ATTR_INTF_NUM == 0 || VI_ATTR_INTF_NUM == 1)}", ["GPIB12::8::INSTR", "GPIB9::7::12::INSTR"]),
    ("GPIB?*INSTR{!VI_ATTR_INTF_NUM == 0 && !VI_ATTR_INTF_NUM >= 9}", ["GPIB1::1::1::INSTR"]),
    ("?*RAW{VI_ATTR_INTF_TYPE == 7}", ["USB1::0x1111::0x2222::0x4445::0::RAW"]),
    ("?*{VI_ATTR_INTF_TYPE == 6 && VI_ATTR_INTF_NUM == 1}", ["TCPIP1::192.0.2.7::5025::SOCKET"]),
    ("?* \t{ VI_ATTR_INTF_NUM>=0x64 } ", ["ASRL101::INSTR", "ASRL111::INSTR", "ASRL202::INSTR"]),
    ("?*{VI_ATTR_RSRC_CLASS == \"servant\"}", ["VXI0::SERVANT"]),
]

WRONG = r"""
[ (a * + ?*( ?*) ?*{ ?*} [] [^] a** a+* a| |a () \ [z-a] ?*{} ?*{VI_ATTR_INTF_NUM} ?*{VI_ATTR_INTF_NUM==}
?*{VI_ATTR_TMO_VALUE==2000} ?*{VI_ATTR_NO_SUCH==1} ?*{VI_ATTR_INTF_NUM=1} ?*{VI_ATTR_INTF_NUM==1&&}
?*{VI_ATTR_RSRC_CLASS<"a"} ?*{VI_ATTR_RSRC_CLASS=="a} ?*{(VI_ATTR_INTF_NUM==1} ?*{VI_ATTR_INTF_NUM==1}x
""".split()


def translated(pattern):
    """The pattern as a regular expression of Python's."""
    out, i = [], 0
    while i < len(pattern):
        c = pattern[i]
        if c == "?":
            out.append("(?s:.)")
        elif c == "\\":
            i += 1
            out.append(re.escape(pattern[i]))
        elif c == "[":
            end = pattern.index("]", i + 1)
            inner = pattern[i + 1 : end]
            negated = inner.startswith("^")
            inner = inner[negated:].replace("[", "\\[")
            out.append("[" + "^" * negated + inner + "]")
            i = end
        elif c in "*+|()":
            out.append(c)
        else:
            out.append(re.escape(c))
        i += 1
    # The bar splits the whole expression.
    return re.compile("(?:" + "".join(out) + ")", re.IGNORECASE)


with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder, "config.toml")
    file.write_text("resources = [" + ", ".join(f'"{name}"' for name in NAMES) + "]\n")
    os.environ["FERROVISA_CONFIG"] = str(file)
    manager = pyvisa.ResourceManager(library)

    def found(expression):
        listed = manager.list_resources(expression)
        assert len(set(listed)) == len(listed), (expression, listed)
        # This machine may have resources of its own.
        return sorted(set(listed) & set(NAMES))

    assert found("?*") == sorted(NAMES), set(NAMES) - set(found("?*"))
    for pattern in PATTERNS:
        meant = translated(pattern)
        assert found(pattern) == sorted(n for n in NAMES if meant.fullmatch(n)), pattern
    for expression, names in CONDITIONS:
        assert found(expression) == sorted(names), (expression, found(expression))
    for expression in WRONG:
        try:
            manager.list_resources(expression)
            raise SystemExit(f"{expression}: taken for an expression")
        except pyvisa.VisaIOError as error:
            assert error.error_code == constants.StatusCode.error_invalid_expression, expression
    assert manager.list_resources("NOSUCH?*") == ()

    # R038: what is listed can be told apart without opening, and PyVISA reads the names alike.
    for name, info in manager.list_resources_info("?*").items():
        if name in NAMES:
            assert info.resource_name == name and info.alias is None or "ASRL" in name, info
            assert info.resource_class == name.rsplit("::", 1)[1], info
    count = len(PATTERNS) + len(CONDITIONS) + len(WRONG)
    assert count >= 100, count
    print(f"{count} expressions")
