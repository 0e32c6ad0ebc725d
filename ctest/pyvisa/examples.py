"""The documentation's examples for message-based resources, over each interface.

Numbers in comments are those of the requirements that the examples show.
"""
import sys
import time
import warnings

import pyvisa
from pyvisa import constants
from pyvisa.constants import StatusCode, VI_ATTR_SUPPRESS_END_EN, VI_FALSE, VI_TRUE

library, *names = sys.argv[1:]
manager = pyvisa.ResourceManager(library)
# No example may make the library return a code that PyVISA warns about.
warnings.simplefilter("error")


def pattern(count):
    """The bytes of DATA:BLOCK?, from the simulated instrument's documentation."""
    return bytes((i * 31 + i // 251) & 0xFF for i in range(count))


def failing(code, action):
    try:
        action()
    except pyvisa.VisaIOError as error:
        assert error.error_code == code, error
    else:
        raise AssertionError(f"{code!r} was expected")


def identity(inst):
    answer = inst.query("*IDN?").strip()
    assert answer.startswith("Ferrovisa,"), answer
    return answer


def terminations(inst, is_socket):
    inst.read_termination = "\n"
    inst.write_termination = "\n"
    assert inst.query("ECHO hello") == "hello"
    expected = StatusCode.success_termination_character_read if is_socket else StatusCode.success
    assert inst.last_status == expected, inst.last_status
    # Only the last character of the sequence is the library's.
    inst.read_termination = None
    inst.write("ECHO one;two")
    message = inst.read_bytes(8) if is_socket else inst.read_raw()
    assert message == b"one;two\n", message


def byte_by_byte(inst):
    """Single bytes until the timeout; then the session is still usable."""
    inst.timeout = 300
    inst.write("ECHO abc")
    got = b""
    while True:
        try:
            got += inst.read_bytes(1)
        except pyvisa.VisaIOError as error:
            assert error.error_code == StatusCode.error_timeout, error
            break
    assert got == b"abc\n", got
    inst.timeout = 5000
    inst.read_termination = "\n"
    identity(inst)


def timeouts(inst):
    for value, stored in (25000, 25000), (None, float("inf")), (0, 0), (-3, 0):
        inst.timeout = value
        assert inst.timeout == stored, (value, inst.timeout)
    del inst.timeout
    assert inst.timeout == float("inf"), inst.timeout
    inst.timeout = 0
    failing(StatusCode.error_timeout, inst.read)
    inst.timeout = 100
    start = time.monotonic()
    failing(StatusCode.error_timeout, inst.read)
    took = time.monotonic() - start
    assert 0.099 <= took < 1.0, took
    inst.timeout = 5000


def chunks(inst):
    """Any chunk size gives the same bytes."""
    size = 50_000
    for chunk in 7, 1000, 20 * 1024, 102_400:
        count = size if chunk > 7 else 3000
        inst.write(f"DATA:BLOCK? {count}")
        head = f"#{len(str(count))}{count}".encode()
        got = inst.read_bytes(len(head) + count + 1, chunk_size=chunk)
        assert got == head + pattern(count) + b"\n", (chunk, len(got))


def values(inst):
    curve = inst.query_binary_values("CURV?", datatype="b")
    assert len(curve) == 1000, len(curve)
    # The block holds every byte value, the termination character too.
    block = inst.query_binary_values("DATA:BLOCK? 25600", datatype="B", container=bytes)
    assert block == pattern(25600)
    inst.chunk_size = 100
    text = inst.query_binary_values("DATA:BLOCK? 2560", datatype="s", container=bytes)
    assert text == pattern(2560)
    inst.chunk_size = 20 * 1024
    answer = inst.query_ascii_values("ECHO 1,2.5,-3e2", converter="f")
    assert answer == [1.0, 2.5, -300.0], answer
    assert inst.query_ascii_values("ECHO 1$a$ff", converter="x", separator="$") == [1, 10, 255]


def uploads(inst):
    inst.write_binary_values("DATA:LOAD ", list(pattern(1000)), datatype="B")
    count, _, matches = inst.query("DATA:LOAD?").strip().split(",")
    assert (count, matches) == ("1000", "1"), (count, matches)
    inst.write_ascii_values("ECHO ", range(5), converter="d")
    assert inst.read().strip() == "0,1,2,3,4"


def parts_of_a_message(inst):
    """END is sent with the last write only, so the parts are one command."""
    inst.write_termination = ""
    inst.send_end = False
    inst.write("*ID")
    inst.send_end = True
    inst.write_termination = "\n"
    assert inst.query("N?").startswith("Ferrovisa,")


def clearing(inst):
    inst.write("ECHO stale")
    # On a SOCKET only what has arrived can be dropped; the first byte tells that it has.
    assert inst.read_bytes(1) == b"s"
    inst.clear()
    identity(inst)


def attributes(inst):
    for attribute in inst.visa_attributes_classes:
        if not attribute.attribute_id or not attribute.read:
            continue
        try:
            inst.get_visa_attribute(attribute.attribute_id)
        except pyvisa.VisaIOError as error:
            assert error.error_code == StatusCode.error_nonsupported_attribute, (attribute, error)
        except AttributeError:
            # 1.11 misspells the type of VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB.
            assert pyvisa.__version__.startswith("1.11"), attribute


def names_agree(inst, name):
    info = manager.resource_info(name)
    assert info.resource_name == inst.resource_name == inst.resource_info.resource_name
    assert name in manager.list_resources("?*"), manager.list_resources("?*")


for name in names:
    is_socket = name.endswith("SOCKET")
    is_serial = name.startswith("ASRL")
    more = {"read_termination": "\n", "write_termination": "\n"}
    with manager.open_resource(name, **more) as inst:
        identity(inst)
        names_agree(inst, name)
        terminations(inst, is_socket)
        inst.read_termination = "\n" if is_socket else None
        byte_by_byte(inst)
        timeouts(inst)
        chunks(inst)
        values(inst)
        uploads(inst)
        parts_of_a_message(inst)
        clearing(inst)
        attributes(inst)
        if is_socket:
            failing(StatusCode.error_nonsupported_operation, inst.read_stb)
            inst.io_protocol = constants.IOProtocol.protocol4882_strs
            assert isinstance(inst.read_stb(), int)
            inst.assert_trigger()
            inst.set_visa_attribute(VI_ATTR_SUPPRESS_END_EN, VI_FALSE)
            inst.read_termination = None
            assert inst.query("*IDN?").startswith("Ferrovisa,")
            inst.set_visa_attribute(VI_ATTR_SUPPRESS_END_EN, VI_TRUE)
            inst.timeout = 200
            inst.write("*IDN?")
            failing(StatusCode.error_timeout, inst.read)
        elif is_serial:
            failing(StatusCode.error_nonsupported_operation, inst.read_stb)
            inst.io_protocol = constants.IOProtocol.protocol4882_strs
            assert isinstance(inst.read_stb(), int)
            inst.assert_trigger()
        else:
            assert isinstance(inst.read_stb(), int)
            inst.assert_trigger()
            inst.control_ren(constants.RENLineOperation.asrt_address)
            inst.control_ren(constants.RENLineOperation.address_gtl)
            failing(StatusCode.error_nonsupported_attribute_state,
                    lambda: inst.set_visa_attribute(constants.VI_ATTR_IO_PROT, 3))

    try:
        inst.session
    except pyvisa.InvalidSession:
        pass
    else:
        raise AssertionError("a closed session still answers")
    print("ok", name)

# A dead address gives an error within seconds although the timeout is 0.
start = time.monotonic()
failing(StatusCode.error_resource_not_found,
        lambda: manager.open_resource("TCPIP0::127.0.0.1::1::SOCKET"))
assert time.monotonic() - start < 10
manager.close()
