"""The benchmark's client in Python: PyVISA over any library, or python-vxi11.

    peers.py LIBRARY|@py|vxi11 RESOURCE

Commands come on standard input, as in client.c: pin, query, read, threads; and "manager", which makes
a resource manager. Each is answered by a line of JSON.
"""
import gc
import json
import os
import statistics
import sys
import threading
import time

PERIOD = 65521
MASK = (1 << 64) - 1
library, resource = sys.argv[1:3]


def make_pattern():
    state = 88172645463325252
    pattern = bytearray()
    for _ in range(PERIOD):
        state ^= state << 13 & MASK
        state ^= state >> 7
        state ^= state << 17 & MASK
        pattern.append(33 + state % 94)
    return bytes(pattern)


class PyVisa:
    """A session of PyVISA."""

    manager = None

    def __init__(self):
        import pyvisa

        if PyVisa.manager is None:
            PyVisa.manager = pyvisa.ResourceManager(library)
        self.instrument = PyVisa.manager.open_resource(
            resource, read_termination="\n", write_termination="\n"
        )
        self.instrument.timeout = 60_000

    def query(self):
        assert self.instrument.query("*IDN?") == "Bench,Bare,0,1"

    def read(self, size, chunk):
        self.instrument.write(f"READ {size}")
        return self.instrument.read_bytes(size, chunk_size=chunk)


class Vxi11:
    """A link of python-vxi11."""

    def __init__(self):
        import vxi11

        self.instrument = vxi11.Instrument("127.0.0.1")
        self.instrument.timeout = 60

    def query(self):
        assert self.instrument.ask("*IDN?") == "Bench,Bare,0,1"

    def read(self, size, _chunk):
        self.instrument.write(f"READ {size}")
        return self.instrument.read_raw()


make_session = Vxi11 if library == "vxi11" else PyVisa
single = None
several = []


def session():
    global single
    if single is None:
        single = make_session()
    return single


def timed(count, act, check=lambda result: None):
    """The median of `count` times, in nanoseconds, and the processor time of one."""
    times, cpu = [], 0
    for _ in range(count):
        cpu_start, start = time.process_time_ns(), time.perf_counter_ns()
        result = act()
        times.append(time.perf_counter_ns() - start)
        cpu += time.process_time_ns() - cpu_start
        check(result)
    return {"ns": statistics.median(times), "cpu_ns": cpu / count, "count": count}


def read(size, chunk, count):
    global pattern
    if pattern is None:
        pattern = make_pattern()
    whole = pattern * (size // PERIOD + 1)

    def check(data):
        assert data == whole[:size], "the block read is not the block sent"

    one = session()
    return timed(count, lambda: one.read(size, chunk), check)


def threads(count, milliseconds):
    while len(several) < count:
        several.append(make_session())
    counts = [0] * count
    over = threading.Event()
    line_up = threading.Barrier(count + 1)

    def ask(i):
        one, n = several[i], 0
        line_up.wait()
        while not over.is_set():
            one.query()
            n += 1
        counts[i] = n

    running = [threading.Thread(target=ask, args=[i]) for i in range(count)]
    for thread in running:
        thread.start()
    line_up.wait()
    start = time.perf_counter_ns()
    time.sleep(milliseconds / 1000)
    over.set()
    for thread in running:
        thread.join()
    total = sum(counts)
    return {"ns": (time.perf_counter_ns() - start) / total, "count": total}


def manager():
    import pyvisa

    start = time.perf_counter_ns()
    pyvisa.ResourceManager(library)
    return {"ns": time.perf_counter_ns() - start, "count": 1}


def obey(command, *numbers):
    numbers = [int(number) for number in numbers]
    match command:
        case "pin":
            everywhere = range(os.cpu_count())
            os.sched_setaffinity(0, everywhere if numbers[0] == -1 else numbers)
            return {}
        case "query":
            one = session()
            return timed(numbers[0], one.query)
        case "read":
            return read(*numbers)
        case "threads":
            return threads(*numbers)
        case "manager":
            return manager()
    raise SystemExit(f"no such command: {command}")


pattern = None
gc.disable()
for line in sys.stdin:
    print(json.dumps(obey(*line.split())), flush=True)
