"""Connecting to every address of a server at once, only to see which of them answer, and how soon."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from collections.abc import Iterable
from contextlib import ExitStack

from tui.model.account import Server
from tui.net.argument import one_line
from tui.net.faults import translated

_WITHIN = 5.0
_MOST_ADDRESSES = 8
_FAMILIES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}
_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK)

_Address = tuple[int, str]


def addresses(server: Server) -> list[_Address]:
    """The addresses of a server's name, each with its family (AF_INET, AF_INET6). Raises Offline."""
    host = one_line(server.host, "server name")
    with translated("looking up the name", host):
        found = socket.getaddrinfo(host, server.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((int(each[0]), str(each[4][0])) for each in found))


def named(found: Iterable[_Address]) -> str:
    """Addresses in words, by family; a family without any is named too."""
    by_family = {family: [text for kind, text in found if kind == family] for family in _FAMILIES}
    return "; ".join(f"{name} {', '.join(by_family[family]) or 'none'}" for family, name in _FAMILIES.items())


def reach(server: Server, within: float = _WITHIN) -> str:
    """How each address answers to a connection, which is ended again; `within` is in seconds.

    Raises Offline when none answers.
    """
    found = addresses(server)[:_MOST_ADDRESSES]
    codes: dict[_Address, int] = {}
    seconds: dict[_Address, float] = {}
    began = time.monotonic()
    with ExitStack() as opened, selectors.DefaultSelector() as waiting:
        for address in found:
            try:
                tried = opened.enter_context(socket.socket(address[0], socket.SOCK_STREAM))
            except OSError as error:  # this computer does not speak IPv6 at all
                codes[address] = error.errno or errno.EAFNOSUPPORT
                continue
            tried.setblocking(False)
            code = tried.connect_ex((address[1], server.port))
            if code in _UNDER_WAY:
                waiting.register(tried, selectors.EVENT_WRITE, address)
            else:
                codes[address], seconds[address] = code, time.monotonic() - began
        while waiting.get_map() and (left := began + within - time.monotonic()) > 0:
            for key, _ in waiting.select(left):
                waiting.unregister(key.fileobj)
                assert isinstance(key.fileobj, socket.socket)
                codes[key.data] = key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                seconds[key.data] = time.monotonic() - began
    with translated("connecting", server.host):
        if 0 not in codes.values():
            code = next(iter(codes.values()), errno.ETIMEDOUT)
            raise OSError(code, os.strerror(code))
    return "; ".join(_line(address, codes.get(address), seconds.get(address, within)) for address in found)


def _line(address: _Address, code: int | None, seconds: float) -> str:
    name = f"{_FAMILIES.get(socket.AddressFamily(address[0]), '')} {address[1]}".strip()
    if code is None:
        return f"{name} does not answer"
    return f"{name}: {os.strerror(code)}" if code else f"{name} answers in {seconds * 1000:.0f} ms"
