"""The ports of an identity service: http or https on loopback, each request handed on to whoever owns it."""

from __future__ import annotations

import http.server
import ssl
import threading
import urllib.parse
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any, Protocol

Page = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


class Owner(Protocol):
    """Answers requests."""

    def page(self, path: str, query: Mapping[str, str]) -> Page:
        """The answer to a GET."""

    def posted(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Page:
        """The answer to a POST."""

    def now(self) -> float:
        """The server's clock, as Unix time."""


class Listener(http.server.ThreadingHTTPServer):
    """One port of `owner`; https with `context`, else http."""

    daemon_threads = False

    def __init__(self, owner: Owner, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="identity service")

    def begin(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def end(self) -> None:
        """Stop, when every answer under way has been given."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up or mistrusts the certificate is what tests are about."""


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = 20
    server: Listener

    def do_GET(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        self._answer(*self.server.owner.page(url.path, dict(urllib.parse.parse_qsl(url.query))))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        path = urllib.parse.urlsplit(self.path).path
        form = dict(urllib.parse.parse_qsl(body))
        self._answer(*self.server.owner.posted(path, form, dict(self.headers.items())))

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Date", formatdate(self.server.owner.now(), usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
