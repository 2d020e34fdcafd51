"""An https server on loopback with a few documents, as a provider or the ISPDB publishes its settings."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Document = bytes | str | None
"""The body of an answer; as `str` an address to be sent on to; None for a server that stays silent."""


class Documents:
    """Serves `documents` by path from `with` on; anything else is 404. `asked` holds the paths asked for."""

    def __init__(self, context: ssl.SSLContext, documents: Mapping[str, Document]) -> None:
        self.asked: list[str] = []
        self._stopped = threading.Event()
        asked, stopped = self.asked, self._stopped

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                asked.append(self.path)
                found = documents.get(self.path, b"")
                if found is None:
                    stopped.wait(30)
                elif isinstance(found, str):
                    self._answer(302, b"", found)
                else:
                    self._answer(200 if found else 404, found)

            def _answer(self, status: int, body: bytes, location: str = "") -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler, context)
        self.url = f"https://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def release(self) -> None:
        """End every silence."""
        self._stopped.set()

    def __enter__(self) -> Documents:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Encrypts each connection on its own thread, so that one that says nothing holds up nobody."""

    daemon_threads = False

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext
    ) -> None:
        super().__init__(address, handler)
        self._context = context

    def finish_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        request.settimeout(5)
        if not request.recv(1, socket.MSG_PEEK):  # wrapping a closed connection leaks it (CPython)
            return
        with self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as encrypted:
            encrypted.do_handshake()
            super().finish_request(encrypted, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is no news."""
