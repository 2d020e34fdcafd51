"""The way back from the browser (RFC 8252 7.3): one request on 127.0.0.1, and nobody else's.

Other programs and every open web page can reach this port, so nothing is believed before the state fits. The
Host header must name this computer, or a foreign name that was made to point here could talk to us.
"""

from __future__ import annotations

import contextlib
import hmac
import re
import selectors
import socket
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from urllib.parse import parse_qs

from tui.model.error import Cancelled, SignInNeeded
from tui.net.faults import translated

_LOOK = 0.1
"""Seconds between looks whether the sign-in was cancelled."""
_LARGEST = 1 << 15
_MOST = 32
_PATIENCE = 20.0
"""Seconds a browser may take over one request; some open connections that they never use."""
_REQUEST = re.compile(rb"([A-Z]{1,16}) (/\S*) HTTP/1\.[01]\r\n")
_HOST = re.compile(rb"\r\nhost:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1rem }}
h1 {{ font-size: 1.4rem; font-weight: 600 }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{words}</p>
</body>
</html>
"""
_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: no-referrer",
    "Cache-Control: no-store",
    "Connection: close",
)
_DONE = ("You can go back to your mail", "The sign-in goes on in the terminal. This window can be closed.")
_NOT_APPROVED = ("The sign-in was not approved", "The terminal says how to go on. This window can be closed.")
_STRANGE = ("This page is not from the sign-in that is waiting", "Use the newest window, or start again.")
_NOTHING = ("There is nothing here", "This address is for one answer of a sign-in service only.")


class Loopback:
    """A listener on a random port of 127.0.0.1; to be closed. It takes one answer and then no more."""

    def __init__(self) -> None:
        with translated("waiting for the browser", "127.0.0.1"):
            self._listening = socket.create_server(("127.0.0.1", 0), backlog=_MOST)
        self._listening.setblocking(False)
        self._port: int = self._listening.getsockname()[1]
        self._begun: dict[socket.socket, tuple[bytes, float]] = {}
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._listening, selectors.EVENT_READ)

    def __enter__(self) -> Loopback:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def address(self) -> str:
        """What the service is told to send the browser to. Microsoft compares it without the port, and knows
        no `127.0.0.1` there."""
        return f"http://localhost:{self._port}"

    def wait(self, state: str, cancelled: threading.Event, limit: float) -> dict[str, str]:
        """The parameters of the answer whose state is `state` (RFC 6749 4.1.2): it has `code` or `error`.

        Raises Cancelled at once when the event is set, SignInNeeded after `limit` seconds.
        """
        deadline = time.monotonic() + limit
        while not cancelled.is_set():
            for key, _ in self._ready.select(_LOOK):
                if key.fileobj is self._listening:
                    self._accept()
                elif answer := self._read(key.fileobj, state):  # type: ignore[arg-type]
                    return answer
            self._give_up_on_silent_ones()
            if time.monotonic() >= deadline:
                raise SignInNeeded(
                    "Nobody approved the sign-in in the browser in time.",
                    "Start it again; where no browser opens, sign in with a code. Where the page wanted an "
                    "administrator's approval, that comes first.",
                )
        raise Cancelled("The sign-in was cancelled.")

    def close(self) -> None:
        """Give the port back, and every connection."""
        for connection in list(self._begun):
            self._end(connection)
        self._ready.close()
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the browser has hung up already
            connection, _ = self._listening.accept()
            connection.setblocking(False)
            self._begun[connection] = (b"", time.monotonic() + _PATIENCE)
            self._ready.register(connection, selectors.EVENT_READ)
            if len(self._begun) > _MOST:
                self._end(next(iter(self._begun)))

    def _read(self, connection: socket.socket, state: str) -> dict[str, str]:
        """Take what has come on a connection; the answer when it is that, else {}."""
        if connection not in self._begun:  # ended in this round
            return {}
        before, until = self._begun[connection]
        try:
            part = connection.recv(1 << 14)
        except BlockingIOError:
            return {}
        except OSError:
            part = b""
        head = before + part
        self._begun[connection] = (head, until)
        if b"\r\n\r\n" in head:
            status, words, answer = _judged(head.partition(b"\r\n\r\n")[0] + b"\r\n", self._port, state)
        elif not part or len(head) > _LARGEST:
            status, words, answer = "400 Bad Request", _NOTHING, {}
        else:
            return {}
        self._say(connection, status, words)
        return answer

    def _say(self, connection: socket.socket, status: str, words: tuple[str, str]) -> None:
        page = _PAGE.format(title=words[0], words=words[1]).encode()
        lines = (f"HTTP/1.1 {status}", *_HEADERS, f"Content-Length: {len(page)}", "", "")
        with contextlib.suppress(OSError):  # the page is a courtesy; the answer has come without it
            connection.settimeout(1.0)
            connection.sendall("\r\n".join(lines).encode() + page)
            connection.shutdown(socket.SHUT_WR)
        self._end(connection)

    def _give_up_on_silent_ones(self) -> None:
        now = time.monotonic()
        for connection in [one for one, (_, until) in self._begun.items() if until < now]:
            self._end(connection)

    def _end(self, connection: socket.socket) -> None:
        del self._begun[connection]
        self._ready.unregister(connection)
        connection.close()


def _judged(head: bytes, port: int, state: str) -> tuple[str, tuple[str, str], dict[str, str]]:
    """The status and page for one request, and the answer it brings ({} when it is not what we wait for)."""
    request = _REQUEST.match(head)
    hosts = [host.lower() for host in _HOST.findall(head)]
    if request is None or len(hosts) != 1:
        return "400 Bad Request", _NOTHING, {}
    if hosts[0] not in (b"localhost:%d" % port, b"127.0.0.1:%d" % port):
        return "421 Misdirected Request", _NOTHING, {}
    path, _, query = request[2].partition(b"?")
    if path != b"/":
        return "404 Not Found", _NOTHING, {}
    if request[1] != b"GET":
        return "405 Method Not Allowed\r\nAllow: GET", _NOTHING, {}
    answer = response_of(query.decode("ascii", "replace"))
    if not fits(answer, state):
        return "400 Bad Request", _STRANGE, {}
    return "200 OK", _DONE if answer.get("code") else _NOT_APPROVED, answer


def response_of(query: str) -> dict[str, str]:
    """The parameters of an authorization response; {} where one stands twice (RFC 6749 3.1)."""
    try:
        found = parse_qs(query, max_num_fields=32)
    except ValueError:
        return {}
    twice = any(len(values) > 1 for values in found.values())
    return {} if twice else {name: values[0] for name, values in found.items()}


def fits(answer: Mapping[str, str], state: str) -> bool:
    """Whether an authorization response is the one to the request with that state, and complete."""
    same = hmac.compare_digest(answer.get("state", "").encode(errors="replace"), state.encode())
    return same and bool(answer.get("code") or answer.get("error"))
