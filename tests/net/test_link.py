"""Connecting, breaking off, waking."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable

import pytest

from tests.servers import scripted
from tests.servers.certificates import Certificates
from tests.servers.scripted import Act, Scripted
from tui.model.account import Login, Security, Server
from tui.model.error import BadInput, Cancelled, MailError, Offline
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.link import Link, Waker
from tui.net.pop3 import Pop3Connection
from tui.net.smtp import SmtpConnection


def nothing(_: socket.socket) -> None:
    """The dialogue before a STARTTLS that is not wanted."""


def test_a_refused_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    link = Link(Server("127.0.0.1", port, Security.PLAIN))
    with pytest.raises(Offline) as raised:
        link.open(nothing)
    assert raised.value.hint


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 300, "a..b", "exa mple.invalid"])
def test_a_name_that_is_none(host: str) -> None:
    with pytest.raises(MailError) as raised:
        Link(Server(host, 993)).open(nothing)
    assert raised.value.what
    assert raised.value.hint


def test_a_name_with_a_line_break() -> None:
    with pytest.raises(BadInput):
        Link(Server("localhost\r\nx", 993)).open(nothing)


def test_the_second_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def both(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [
                (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)),
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
            ]

        monkeypatch.setattr(socket, "getaddrinfo", both)
        link = Link(Server("localhost", port, Security.PLAIN))
        link.open(nothing)
        assert link.sock.getpeername()[0] == "127.0.0.1"
        link.close()


@pytest.mark.parametrize(
    ("make", "greeting"),
    [
        (ImapConnection, scripted.IMAP_GREETING),
        (Pop3Connection, scripted.POP3_GREETING),
        (SmtpConnection, scripted.SMTP_GREETING),
    ],
)
@pytest.mark.parametrize("encrypted", [False, True])
def test_abort_breaks_a_stuck_read(
    make: Callable[[Server, str], ImapConnection], greeting: bytes, encrypted: bool, certs: Certificates
) -> None:
    context = certs.server_context() if encrypted else None
    with Scripted((greeting, Act.STALL), [], context=context) as server:
        connection = make(server.server(Security.TLS if encrypted else Security.PLAIN), str(certs.ca))
        took: list[float] = []

        def abort() -> None:
            time.sleep(0.2)
            started = time.perf_counter()
            connection.abort()
            took.append(time.perf_counter() - started)

        thread = threading.Thread(target=abort)
        thread.start()
        started = time.monotonic()
        with pytest.raises(Cancelled):
            connection.connect()
            connection.sign_in(Login("me"), Secret("pw"))
        assert time.monotonic() - started < 1
        thread.join()
        connection.close()
        assert took[0] < 0.05  # mostly far below 1 ms; the machine may be busy


def test_abort_before_connecting() -> None:
    with Scripted(scripted.IMAP_GREETING, scripted.imap()) as server:
        connection = ImapConnection(server.server())
        connection.abort()
        with pytest.raises(Cancelled):
            connection.connect()
        connection.close()


def test_has_input_sees_what_select_does_not(certs: Certificates) -> None:
    with Scripted(b"* OK one\r\n* 2 EXISTS\r\n", [], context=certs.server_context()) as server:
        link = Link(server.server(Security.TLS, "localhost"), str(certs.ca))
        link.open(nothing)
        with link.reader() as reader:
            assert reader.readline() == b"* OK one\r\n"
            assert link.has_input(reader)
            assert reader.readline() == b"* 2 EXISTS\r\n"
            assert not link.has_input(reader)
        link.close()


def test_waker() -> None:
    waker = Waker()
    assert not select.select([waker.socket], [], [], 0)[0]
    for _ in range(100_000):
        waker.wake()
    assert select.select([waker.socket], [], [], 0)[0]
    waker.clear()
    assert not select.select([waker.socket], [], [], 0)[0]
    waker.close()
