"""A TCP proxy on loopback that cuts the line, falls silent, or tells a client what the server never said."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from tui.model.account import Security, Server

Rewrite = Callable[[bytes], bytes]
"""Given a whole line of the server's; what the client is given instead."""


def _as_it_is(line: bytes) -> bytes:
    return line


@dataclass(slots=True)
class Fault:
    """What happens to the connections that are made from now on.

    After `down` octets from the server, or `up` octets from the client (None: never), the line is cut, or
    with `stall` says nothing any more; what came before arrives. `rewrite` changes whole lines of the server.

    At the `turn`th time that the client speaks (counted from 1 on each connection) the line is cut: before
    its words reach the server, or with `heard` once the server has answered and before the client hears it.
    """

    down: int | None = None
    up: int | None = None
    stall: bool = False
    rewrite: Rewrite = _as_it_is
    turn: int | None = None
    heard: bool = False


@dataclass(slots=True)
class _Turns:
    """Whose turn it is on one connection: how often the client has begun to speak, and whether it speaks."""

    count: int = 0
    client: bool = False

    def take(self, way: int, fault: Fault) -> bool:
        """Note who speaks (way 1: the client); True when the line is to be cut now."""
        if way == 1 and not self.client:
            self.count += 1
        self.client = way == 1
        if self.count != fault.turn:
            return False
        return way == 0 if fault.heard else way == 1


class Proxy:
    """Listens from `with` on and passes everything on to `port`; `fault` may be replaced at any time.

    `carried` counts the octets (from the server, from the client) of all connections so far, `now` the
    connections that are open, `cuts` the lines that were cut or stalled.
    """

    def __init__(self, port: int) -> None:
        self.fault = Fault()
        self.carried = [0, 0]
        self.cuts = 0
        self.now = 0
        self._frozen = 0
        self._target = port
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def server(self, security: Security = Security.PLAIN, host: str = "127.0.0.1") -> Server:
        """The endpoint as a client is told of it."""
        return Server(host, self.port, security)

    def __enter__(self) -> Proxy:
        self._begin(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self.hang_up()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
        for each in self._open:
            each.close()

    @property
    def connections(self) -> int:
        """How many a client has made so far."""
        return len(self._open) // 2

    def freeze(self) -> None:
        """Carry nothing any more over the connections of now, and leave them open: as a line that died."""
        self._frozen = len(self._open)

    def hang_up(self) -> None:
        """Cut every connection."""
        for each in self._open:
            _cut(each)

    def _begin(self, what: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target), 5)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                self._open += [client, server]
                self.now += 1
                fault, turns = self.fault, _Turns()
                self._begin(self._carry, server, client, 0, fault.down, fault, turns)
                self._begin(self._carry, client, server, 1, fault.up, fault, turns)

    def _carry(
        self,
        source: socket.socket,
        target: socket.socket,
        way: int,
        limit: int | None,
        fault: Fault,
        turns: _Turns,
    ) -> None:
        left, line = limit, b""
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if source in self._open[: self._frozen]:
                    continue
                if turns.take(way, fault):
                    self.cuts += 1
                    if fault.stall:
                        self._stopped.wait()
                    break
                if way == 0 and fault.rewrite is not _as_it_is:
                    *lines, line = (line + data).split(b"\n")
                    data = b"".join(fault.rewrite(each + b"\n") for each in lines)
                if left is not None:
                    data = data[:left]
                    left -= len(data)
                target.sendall(data)
                self.carried[way] += len(data)
                if left == 0:
                    self.cuts += 1
                    if fault.stall:
                        self._stopped.wait()
                    break
        _cut(source)
        _cut(target)
        self.now -= way


def _cut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
