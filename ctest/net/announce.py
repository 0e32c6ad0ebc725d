"""Announces an instrument with VXI-11 by python-zeroconf, as one with LXI does: announce.py NAME
ADDRESS... Says when it is ready, and ends with its input."""

import socket
import sys

from zeroconf import ServiceInfo, Zeroconf

name, *addresses = sys.argv[1:]
responder = Zeroconf(interfaces=addresses)
text = {"txtvers": "1", "Manufacturer": "Lab", "Model": "Meter", "SerialNumber": name}
for kind, port in ("_lxi._tcp.local.", 80), ("_vxi-11._tcp.local.", 111):
    info = ServiceInfo(
        kind,
        f"{name}.{kind}",
        port=port,
        addresses=[socket.inet_aton(address) for address in addresses],
        properties=text,
        server=f"{name}.local.",
    )
    # Nobody else is on this network: there is nobody to ask for the name first.
    responder.register_service(info, cooperating_responders=True)
print("ready", flush=True)
sys.stdin.read()
responder.close()
