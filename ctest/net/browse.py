"""Lists whom python-zeroconf finds, with all that it finds out: browse.py ADDRESS, which is ours."""

import queue
import sys

from zeroconf import IPVersion, ServiceBrowser, Zeroconf

KINDS = ["_hislip._tcp.local.", "_scpi-raw._tcp.local."]

added = queue.Queue()
asker = Zeroconf(interfaces=[sys.argv[1]])


def changed(zeroconf, service_type, name, state_change):
    added.put((service_type, name))


browser = ServiceBrowser(asker, KINDS, handlers=[changed])
for _ in KINDS:
    kind, name = added.get(timeout=20)
    info = asker.get_service_info(kind, name, timeout=10000)
    text = {key.decode(): value.decode() for key, value in info.properties.items()}
    words = [
        name,
        info.server,
        str(info.port),
        ",".join(info.parsed_addresses(IPVersion.All)),
        text["Manufacturer"],
        text["Model"],
        text["SerialNumber"],
    ]
    print(*words, flush=True)
asker.close()
