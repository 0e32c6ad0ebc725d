"""Service requests through PyVISA."""
import ctypes
import gc
import sys
import threading

import pyvisa
from pyvisa import constants
from pyvisa.constants import EventMechanism, EventType, StatusCode

library, *names = sys.argv[1:]
manager = pyvisa.ResourceManager(library)
more = {"read_termination": "\n", "write_termination": "\n", "timeout": 10_000}
LONG = 30_000
srq = EventType.service_request


def failing(code, act):
    try:
        act()
    except pyvisa.VisaIOError as error:
        assert error.error_code == code, error
    else:
        raise AssertionError("it must fail")


def request(inst):
    """What the instrument wants to be asked about: an operation is complete."""
    inst.write("*CLS;*ESE 1;*SRE 32;*OPC")


def served(inst):
    assert inst.read_stb() & 0x40, "the request is this instrument's"
    assert inst.query("*ESR?").strip() == "1"


def queued(inst):
    """Enable, start, wait, look, disable."""
    inst.enable_event(srq, EventMechanism.queue)
    request(inst)
    response = inst.wait_on_event(srq, LONG)
    assert response.event.event_type == srq and not response.timed_out
    served(inst)
    response = inst.wait_on_event(srq, 10, capture_timeout=True)
    assert response.timed_out
    failing(StatusCode.error_timeout, lambda: inst.wait_on_event(srq, 0))
    request(inst)
    # On its way before the wait; the answer shows that the request has been served too.
    assert inst.query("*OPC?").strip() == "1"
    inst.wait_on_event(srq, LONG)
    served(inst)
    inst.disable_event(srq, EventMechanism.queue)
    failing(StatusCode.error_not_enabled, lambda: inst.wait_on_event(srq, LONG))


def waited_for(inst):
    """PyVISA's own, twice in a row: it never disables."""
    if not hasattr(inst, "wait_for_srq"):
        return
    for _ in range(2):
        inst.enable_event(srq, EventMechanism.queue)
        request(inst)
        inst.wait_for_srq(LONG)
        served(inst)
    inst.disable_event(srq, EventMechanism.queue)


class Listener:
    """A handler that queries the instrument, as handlers do."""

    def __init__(self):
        self.called = threading.Event()
        self.seen = None

    def __call__(self, resource, event, user_handle):
        try:
            served(resource)
            self.seen = (event.event_type, user_handle, threading.current_thread())
        finally:
            self.called.set()


def handled(inst):
    """A handler as the documentation has it, with each kind of user handle."""

    class Point(ctypes.Structure):
        _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_int)]

    for given in (None, 1, 2.5, "text", [1, 2], Point(3, 4)):
        listener = Listener()
        wrapped = inst.wrap_handler(listener)
        handle = inst.install_handler(srq, wrapped, given)
        inst.enable_event(srq, EventMechanism.handler)
        request(inst)
        assert listener.called.wait(30), given
        event_type, _, thread = listener.seen
        assert event_type == srq and thread is not threading.main_thread()
        # As the documentation does, with the wrong mechanism.
        inst.disable_event(srq, EventMechanism.queue)
        inst.uninstall_handler(srq, wrapped, handle)
    failing(StatusCode.error_handler_not_installed,
            lambda: inst.enable_event(srq, EventMechanism.handler))


def both(inst):
    """One event for the queue and for the handler."""
    listener = Listener()
    wrapped = inst.wrap_handler(listener)
    handle = inst.install_handler(srq, wrapped)
    # By the two bits, and by what the documentation offers.
    for mechanisms in (constants.VI_QUEUE | constants.VI_HNDLR, EventMechanism.all):
        inst.visalib.enable_event(inst.session, srq, mechanisms)
        request(inst)
        inst.wait_on_event(srq, LONG)
        assert listener.called.wait(30)
        listener.called.clear()
        inst.disable_event(srq, EventMechanism.all)
    inst.uninstall_handler(srq, wrapped, handle)


def left_enabled(name):
    """Closing with everything enabled and a handler installed."""
    inst = manager.open_resource(name, **more)
    listener = Listener()
    wrapped = inst.wrap_handler(listener)
    inst.install_handler(srq, wrapped)
    inst.enable_event(srq, EventMechanism.handler)
    inst.enable_event(srq, EventMechanism.queue)
    request(inst)
    assert listener.called.wait(30)
    inst.close()


def apart(name):
    """A session that enabled nothing gets nothing."""
    with manager.open_resource(name, **more) as inst:
        failing(StatusCode.error_not_enabled, lambda: inst.wait_on_event(srq, LONG))


for name in names:
    if name.endswith("SOCKET"):
        with manager.open_resource(name, **more) as inst:
            failing(StatusCode.error_invalid_event,
                    lambda: inst.enable_event(srq, EventMechanism.queue))
        continue
    with manager.open_resource(name, **more) as inst:
        queued(inst)
        waited_for(inst)
        handled(inst)
        both(inst)
    left_enabled(name)
    apart(name)
    gc.collect()
    print("ok", name)
manager.close()
