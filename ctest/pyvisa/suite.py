"""PyVISA's own tests for instruments, through our library, on a simulated instrument.

Runs in a network of its own (unshare), where the ports that the tests want are free:
suite.py VISA_TOOL LIBRARY FOLDER FILE... and prints "passed NAME", "failed NAME" and so on.
"""
import fcntl
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys

SUITE = "pyvisa.testsuite.keysight_assisted_tests"


def bring_loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        SIOCSIFFLAGS, IFF_UP = 0x8914, 1
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


class Outcomes:
    """Notes what became of each test; of setup, call and teardown, the worst counts."""

    def __init__(self):
        self.of = {}
        self.why = {}

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.rsplit("/", 1)[-1]
        outcome = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = {"skipped": "xfailed", "passed": "xpassed"}.get(outcome, outcome)
        if report.when == "call" or outcome != "passed":
            if self.of.get(name) != "failed":
                self.of[name] = outcome
        if outcome == "failed":
            self.why.setdefault(name, str(report.longrepr))


def main():
    tool, library, folder, *files = sys.argv[1:]
    bring_loopback_up()
    config = pathlib.Path(folder, "config.toml")
    config.write_text(
        'resources = ["TCPIP::127.0.0.1::INSTR", "TCPIP::127.0.0.1::5025::SOCKET"]\n'
        '[aliases]\ntcpip = "TCPIP::127.0.0.1::INSTR"\n'
        # What this machine has besides is not meant.
        "[serial]\nfind = false\n"
    )
    os.chdir(folder)
    os.environ.update(
        FERROVISA_CONFIG=str(config),
        HOME=folder,
        PYVISA_LIBRARY=library,
        PYVISA_KEYSIGHT_VIRTUAL_INSTR="0",
        # The tests start PyVISA's shell by its name.
        PATH=os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"],
    )
    # One test wants to see the name of its vendor in the identity.
    identity = "Ferrovisa,Stand-in for the Keysight Virtual Instrument,0,1"
    command = [tool, "sim", "--portmapper", "--exit-with-stdin", "--identity", identity]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as instrument:
        assert instrument.stdout.readline() == b"TCPIP0::127.0.0.1::5025::SOCKET\n"
        assert instrument.stdout.readline() == b"TCPIP0::127.0.0.1::inst0::INSTR\n"
        run(files)


def run(files):
    # Only now: importing PyVISA's suite looks for the library.
    import pytest
    import pyvisa.testsuite.keysight_assisted_tests as suite

    home = pathlib.Path(suite.__file__).parent
    outcomes = Outcomes()
    usual = ["-q", "-p", "no:cacheprovider", "--tb=short", "--rootdir", str(home)]
    pytest.main([*usual, *(str(home / file) for file in files)], plugins=[outcomes])
    # The tests of the shell give it 0.1 s to end and 1 s to answer, which a busy machine may not
    # keep: those that failed get a second chance, alone.
    late = [name for name, outcome in outcomes.of.items()
            if outcome == "failed" and name.startswith("test_shell.py")]
    if late:
        again = Outcomes()
        pytest.main([*usual, *(str(home / name) for name in late)], plugins=[again])
        outcomes.of.update(again.of)
    print()
    for name, outcome in outcomes.of.items():
        shown = re.sub(r"[^ -~]", "?", name)
        print("outcome", outcome, shown)


if __name__ == "__main__":
    main()
