"""Threads, forks and exits."""
import multiprocessing
import subprocess
import sys
import threading
import time

import pyvisa

library, *names = sys.argv[1:]
more = {"read_termination": "\n", "write_termination": "\n", "timeout": 10_000}


def ask(inst):
    assert inst.query("*IDN?").startswith("Ferrovisa,")


def child(manager, name):
    """A forked child uses the inherited manager's number for a session of its own."""
    inst = manager.open_resource(name, **more)
    ask(inst)
    inst.close()


def forks():
    manager = pyvisa.ResourceManager(library)
    parents = [manager.open_resource(name, **more) for name in names]
    context = multiprocessing.get_context("fork")
    for _ in range(3):
        children = [context.Process(target=child, args=(manager, name)) for name in names]
        for process in children:
            process.start()
        for process in children:
            process.join(60)
            assert process.exitcode == 0, process
        # Their exits closed what they inherited; the parent's links must not have noticed.
        for inst in parents:
            ask(inst)
    manager.close()


def threads():
    """Slow answers on all interfaces at once take as long as one, not as all together."""
    manager = pyvisa.ResourceManager(library)
    sessions = [manager.open_resource(name, **more) for name in names for _ in range(3)]

    def slow(inst):
        inst.write("SYST:DELAY 1000")
        ask(inst)

    workers = [threading.Thread(target=slow, args=(inst,)) for inst in sessions]
    start = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.monotonic() - start
    assert 0.9 < took < 0.5 * len(sessions), took
    manager.close()


def exits():
    """Programs that never close anything end well, whatever Python destroys first."""
    script = (
        "import sys, pyvisa; rm = pyvisa.ResourceManager(sys.argv[1]);"
        "i = rm.open_resource(sys.argv[2], read_termination='\\n', write_termination='\\n');"
        "assert i.query('*IDN?')"
    )
    for name in names:
        for _ in range(5):
            ended = subprocess.run(
                [sys.executable, "-c", script, library, name], capture_output=True, text=True
            )
            assert ended.returncode == 0 and not ended.stderr, ended


forks()
threads()
exits()
