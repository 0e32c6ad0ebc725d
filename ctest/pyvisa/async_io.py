"""Asynchronous reads and writes, transfers to files, buffers: the low-level calls of PyVISA."""
import pathlib
import sys
import tempfile
import threading
import time

import pyvisa
from pyvisa import constants
from pyvisa.constants import BufferOperation, EventMechanism, EventType, StatusCode

library, *names = sys.argv[1:]
manager = pyvisa.ResourceManager(library)


def whole(inst):
    """How a read of a whole answer ends."""
    stream = inst.resource_class == "SOCKET"
    return StatusCode.success_termination_character_read if stream else StatusCode.success


def asynchronous_read(inst):
    """As in the documentation; what the event tells is what the buffer has."""
    visalib = inst.visalib
    inst.enable_event(EventType.io_completion, EventMechanism.queue)
    try:
        inst.write("ECHO test")
        buffer, job, status = visalib.read_asynchronously(inst.session, 10)
        assert status in (StatusCode.success, StatusCode.success_synchronous), status
        assert buffer is visalib.get_buffer_from_id(job)
        response = inst.wait_on_event(EventType.io_completion, 10_000)
        event = response.event
        assert event.status == whole(inst), event.status
        assert event.job_id == job != 0, (event.job_id, job)
        assert event.return_count == 5, event.return_count
        assert event.operation_name == "viReadAsync", event.operation_name
        assert bytes(event.data) == b"test\n", event.data
        assert bytes(buffer) == bytes(event.buffer)
        del response, event

        job, status = visalib.write_asynchronously(inst.session, b"ECHO written\n")
        response = inst.wait_on_event(EventType.io_completion, 10_000)
        assert (response.event.job_id, response.event.return_count) == (job.value, 13)
        assert response.event.operation_name == "viWriteAsync"
        assert inst.read() == "written"
    finally:
        inst.disable_event(EventType.io_completion, EventMechanism.queue)


def termination(inst):
    """A thread that waits for ever is freed at once, and the session still works."""
    outcome = []

    def wait():
        try:
            inst.read_raw()
        except pyvisa.VisaIOError as error:
            outcome.append(error.error_code)

    inst.timeout = None
    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.2)
    inst.visalib.terminate(inst.session, 0, 0)
    thread.join(10)
    assert outcome == [StatusCode.error_abort], outcome
    inst.timeout = 10_000
    assert inst.query("ECHO well") == "well"


def files(inst):
    """A megabyte to a file, appended twice, and sent from one."""
    visalib, session = inst.visalib, inst.session
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "data"
        name = str(path).encode()
        size = len("#71000000") + 1_000_000 + 1
        # Binary data may hold the termination character.
        inst.set_visa_attribute(constants.VI_ATTR_TERMCHAR_EN, constants.VI_FALSE)
        for append in False, True, True:
            inst.set_visa_attribute(constants.VI_ATTR_FILE_APPEND_EN, append)
            inst.write("DATA:BLOCK? 1000000")
            moved, status = visalib.read_to_file(session, name, size)
            assert status >= 0 and moved.value == size, (status, moved)
        content = path.read_bytes()
        assert len(content) == 3 * size and content[:size] == content[size:2 * size]
        inst.set_visa_attribute(constants.VI_ATTR_FILE_APPEND_EN, False)
        inst.set_visa_attribute(constants.VI_ATTR_TERMCHAR_EN, constants.VI_TRUE)
        path.write_bytes(b"ECHO from a file\n")
        moved, status = visalib.write_from_file(session, name, 0xFFFFFFFF)
        assert status >= 0 and moved.value == 17, (status, moved)
        assert inst.read() == "from a file"


def buffers(inst):
    """The formatted I/O buffers: filled, flushed, dropped, resized."""
    visalib, session = inst.visalib, inst.session
    assert inst.get_visa_attribute(constants.VI_ATTR_RD_BUF_SIZE) == 4096
    assert inst.get_visa_attribute(constants.VI_ATTR_WR_BUF_SIZE) == 4096
    assert visalib.buffer_write(session, b"ECHO one,two\n") == (13, StatusCode.success)
    inst.flush(BufferOperation.flush_write_buffer)
    assert visalib.buffer_read(session, 4) == (b"one,", StatusCode.success_max_count_read)
    assert visalib.buffer_read(session, 9) == (b"two\n", whole(inst))
    inst.write("ECHO kept")
    inst.flush(BufferOperation.discard_read_buffer)
    assert inst.read() == "kept"
    status = visalib.set_buffer(session, constants.BufferType.write, 100)
    assert status == StatusCode.success
    assert inst.get_visa_attribute(constants.VI_ATTR_WR_BUF_SIZE) == 100


for name in names:
    inst = manager.open_resource(
        name, read_termination="\n", write_termination="\n", timeout=10_000
    )
    for check in asynchronous_read, termination, files, buffers:
        check(inst)
    inst.close()
