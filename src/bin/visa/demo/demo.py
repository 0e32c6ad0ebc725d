"""Asks instruments for their identity, a measurement and a waveform, with PyVISA.

    python demo.py LIBRARY RESOURCE...

Prints one line for each answer: the word that says what it is, a tab, the answer.
"""

import sys

import pyvisa


def main(library, *resources):
    manager = pyvisa.ResourceManager(library)
    print("pyvisa", pyvisa.__version__, sep="\t")
    for name in resources:
        print("resource", name, sep="\t")
        with manager.open_resource(name, timeout=5000, open_timeout=5000) as instrument:
            # SOCKET has no other end of message than these; elsewhere they do no harm.
            instrument.read_termination = "\n"
            instrument.write_termination = "\n"
            print("identity", instrument.query("*IDN?"), sep="\t")
            print("volts", instrument.query("MEAS:VOLT:DC?"), sep="\t")
            # Read by the block's own byte count: a byte of it may look like a line feed.
            samples = instrument.query_binary_values("CURV?", datatype="b")
            print("curve", *samples, sep="\t", flush=True)
    manager.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
