"""An HTTP proxy on loopback that connects (RFC 9110 9.3.6), and remembers to whom."""

from __future__ import annotations

import http.server
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Proxy(http.server.BaseHTTPRequestHandler):
    """CONNECT, and octets both ways."""

    seen: list[str]

    def do_CONNECT(self) -> None:
        self.seen.append(self.path)
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as far:
            self.send_response_only(200)
            self.end_headers()
            pairs = {self.connection: far, far: self.connection}
            while True:
                ready, _, _ = select.select([*pairs], [], [], 5)
                for one in ready:
                    if not (octets := one.recv(1 << 16)):
                        self.close_connection = True
                        return
                    pairs[one].sendall(octets)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """A proxy's address, and the hosts that it has connected to."""
    seen: list[str] = []
    handler = type("Proxy", (_Proxy,), {"seen": seen})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()
