"""What PyVISA lists, one a line: listing.py LIBRARY. With "@py" it is pyvisa-py, which searches by
itself: an independent idea of the same network."""

import sys

import pyvisa

(library,) = sys.argv[1:]
manager = pyvisa.ResourceManager(library)
for name in manager.list_resources("?*"):
    print("found", name)
manager.close()
