"""A serial port behind a network, by pyserial's RFC 2217 server on a port that loops back.

Serves one connection after the other on a free port, whose number it prints. What the port
receives it sends back: its loop asserts CTS with RTS and DSR with DTR, as a plug would that is
wired so.
"""
import socket
import sys
import threading
import time

import serial
import serial.rfc2217


class Locked:
    """What the port manager writes to, from two threads."""

    def __init__(self, connection):
        self.connection = connection
        self.lock = threading.Lock()

    def write(self, data):
        with self.lock:
            self.connection.sendall(data)


def serve(connection):
    port = serial.serial_for_url("loop://", timeout=0.05)
    out = Locked(connection)
    manager = serial.rfc2217.PortManager(port, out)
    alive = True

    def forward():
        while alive:
            data = port.read(port.in_waiting or 1)
            try:
                if data:
                    out.write(b"".join(manager.escape(data)))
                manager.check_modem_lines()
            except OSError:
                return

    reader = threading.Thread(target=forward)
    reader.start()
    try:
        while data := connection.recv(4096):
            port.write(b"".join(manager.filter(data)))
    except OSError:
        pass
    alive = False
    reader.join()
    port.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        serve(connection)
