"""Sixteen sessions whose instruments need a second each take a second, not sixteen:
in threads of one process, and in processes."""
import multiprocessing
import sys
import threading
import time

import pyvisa

library, *names = sys.argv[1:]
more = {"read_termination": "\n", "write_termination": "\n", "timeout": 30_000}
COUNT, DELAY = 16, 1.0


def slow_question(manager, name, ready):
    inst = manager.open_resource(name, **more)
    # All start together: opening and starting processes is not what is measured.
    ready.wait()
    inst.write(f"SYST:DELAY {int(DELAY * 1000)}")
    assert inst.query("*IDN?").startswith("Ferrovisa,")
    inst.close()


def measure(worker, barrier, name):
    manager = pyvisa.ResourceManager(library)
    ready = barrier(COUNT + 1)
    workers = [worker(target=slow_question, args=(manager, name, ready)) for _ in range(COUNT)]
    for one in workers:
        one.start()
    ready.wait()
    start = time.monotonic()
    for one in workers:
        one.join()
        assert getattr(one, "exitcode", 0) == 0, one
    took = time.monotonic() - start
    manager.close()
    return took


fork = multiprocessing.get_context("fork")
for name in names:
    threads = measure(threading.Thread, threading.Barrier, name)
    processes = measure(fork.Process, fork.Barrier, name)
    print(f"{name}: {COUNT} threads {threads:.2f} s, {COUNT} processes {processes:.2f} s")
    # One after the other would take 16 s; a loaded machine gets half of that.
    assert DELAY * 0.9 < threads < 8 and DELAY * 0.9 < processes < 8, (threads, processes)
