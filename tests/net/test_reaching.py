"""Ways to a server that lead nowhere: an address that swallows everything, a network's own sign-in page."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.net.test_tls import KINDS, Kind, connect
from tests.servers import scripted
from tests.servers.certificates import Certificates
from tests.servers.scripted import Act, Endless, Scripted, rule
from tui.model.account import Security, Server
from tui.model.error import Cancelled, Garbled, MailError, Offline, Untrusted
from tui.net.link import Link
from tui.net.smtp import SmtpConnection
from tui.net.smtp_wire import Wire

GOOD, HOLE, CLOSED = "127.0.0.1", "127.0.0.2", "127.0.0.3"


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each protocol in turn."""
    return KINDS[request.param]


@contextmanager
def black_hole(port: int, address: str = HOLE) -> Iterator[None]:
    """An address at which nobody answers, as behind a network that has lost its IPv6."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listener, ExitStack() as full:
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(3):  # the kernel takes no more of them, and says nothing
            one = full.enter_context(socket.socket(family))
            one.setblocking(False)
            one.connect_ex((address, port))
        yield


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Have every name stand for these addresses, in this order."""

    def found(_host: str, port: int, **_options: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, port, 0, 0))
            if ":" in one
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def nothing(_: socket.socket) -> None:
    """No dialogue before TLS."""


def silent(*_given: object, **_options: object) -> list[tuple[object, ...]]:
    """A name service that answers after a long while."""
    time.sleep(3.0)
    return []


def test_a_name_service_that_is_silent_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's call itself cannot be broken off."""
    monkeypatch.setattr(socket, "getaddrinfo", silent)
    link = Link(Server("mail.example.org", 993))
    threading.Timer(0.3, link.abort).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        link.open(nothing)
    link.close()
    assert time.monotonic() - began < 1.0


def test_a_name_service_that_is_silent_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr("tui.net.link.CONNECT_TIMEOUT", 0.3)
    link = Link(Server("mail.example.org", 993))
    began = time.monotonic()
    with pytest.raises(Offline) as raised:
        link.open(nothing)
    link.close()
    assert time.monotonic() - began < 1.0
    assert raised.value.hint


@pytest.mark.parametrize("hole", [HOLE, "::1"])
def test_an_address_that_hangs_costs_a_quarter_of_a_second(
    kind: Kind, monkeypatch: pytest.MonkeyPatch, hole: str
) -> None:
    """RFC 8305: IPv6 first, and the next address when it is silent for 250 ms."""
    if hole == "::1" and not _has_ipv6():
        pytest.skip("this computer does not speak IPv6")
    with Scripted(kind.greeting, kind.rules()) as server, black_hole(server.port, hole):
        resolving(monkeypatch, hole, GOOD)
        began = time.monotonic()
        connect(kind, server.server(host="localhost"), "")
        assert 0.2 < time.monotonic() - began < 0.9


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_many_addresses_that_hang_are_tried_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["imap"]
    holes = [f"127.0.0.{number}" for number in range(10, 14)]
    with Scripted(kind.greeting, kind.rules()) as server, ExitStack() as stack:
        for hole in holes:
            stack.enter_context(black_hole(server.port, hole))
        resolving(monkeypatch, *holes, GOOD)
        began = time.monotonic()
        connect(kind, server.server(host="localhost"), "")
        assert time.monotonic() - began < 1.5


def test_addresses_that_refuse_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["imap"]
    with Scripted(kind.greeting, kind.rules()) as server:
        resolving(monkeypatch, CLOSED, CLOSED, CLOSED, GOOD)
        began = time.monotonic()
        connect(kind, server.server(host="localhost"), "")
        assert time.monotonic() - began < 0.2


def test_when_no_address_answers_it_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.net.link.CONNECT_TIMEOUT", 0.6)
    with socket.create_server((GOOD, 0)) as free:
        port = free.getsockname()[1]
    with black_hole(port):
        resolving(monkeypatch, HOLE, CLOSED)
        began = time.monotonic()
        link = Link(Server("localhost", port, Security.PLAIN))
        with pytest.raises(Offline) as raised:
            link.open(nothing)
        link.close()
        assert 0.5 < time.monotonic() - began < 2.0
        assert raised.value.hint


def test_a_peer_that_is_gone_is_noticed_in_minutes() -> None:
    with socket.create_server((GOOD, 0)) as listening:
        link = Link(Server(GOOD, listening.getsockname()[1], Security.PLAIN))
        link.open(nothing)
        idle, interval, times = (
            link.sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_{name}"))
            for name in ("KEEPIDLE", "KEEPINTVL", "KEEPCNT")
        )
        assert link.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert idle + interval * times <= 180
        link.close()


# A network that wants one to sign in by the browser first

PAGE = (
    b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Type: text/html\r\n\r\n"
    b"<!DOCTYPE html><html>Sign in</html>\r\n"
)


def words(error: MailError) -> str:
    return f"{error.what} {error.hint}"


def test_a_web_page_in_place_of_a_greeting(kind: Kind) -> None:
    with Scripted((PAGE, Act.CLOSE), []) as server:
        with pytest.raises(Garbled) as raised:
            connect(kind, server.server(), "")
        assert "browser" in raised.value.hint
        assert "canary" not in b"".join(server.lines).decode()


def test_a_web_page_before_starttls(kind: Kind, certs: Certificates) -> None:
    with Scripted((PAGE, Act.CLOSE), [], context=certs.server_context(), implicit=False) as server:
        with pytest.raises(Untrusted) as raised:
            connect(kind, server.server(Security.STARTTLS), str(certs.ca))
        assert "another network" in raised.value.hint
        assert "portal.example" not in words(raised.value) + raised.value.detail
        assert server.lines == []


def test_a_web_page_where_tls_should_begin(kind: Kind, certs: Certificates) -> None:
    with Scripted((PAGE, Act.CLOSE), []) as server:
        with pytest.raises((Garbled, Untrusted)) as raised:
            connect(kind, server.server(Security.TLS), str(certs.ca))
        assert raised.value.hint


def test_the_certificate_of_a_portal_is_shown(kind: Kind, certs: Certificates) -> None:
    with Scripted(PAGE, [], context=certs.server_context(certs.wrong_host)) as server:
        with pytest.raises(Untrusted) as raised:
            connect(kind, server.server(Security.TLS, "localhost"), str(certs.ca))
        assert "elsewhere.example" in raised.value.detail
        assert "foreign network" in raised.value.hint
        assert server.lines == []


# Replies that come, but never end


def test_a_reply_that_comes_by_octets_has_its_time_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each octet alone is in time; a server that is ill must not hold an account's mail for hours."""
    monkeypatch.setattr(Wire, "patience", 0.5)
    monkeypatch.setattr("tui.net.link.READ_TIMEOUT", 0.4)
    monkeypatch.setattr("tui.net.smtp.READ_TIMEOUT", 0.4)
    rules = scripted.smtp(rule(rb"^MAIL", Endless(b"2", pause=0.05)))
    with Scripted(scripted.SMTP_GREETING, rules) as server:
        smtp = SmtpConnection(server.server())
        smtp.connect()
        began = time.monotonic()
        with pytest.raises(Offline, match="in time"):
            smtp.begin("you@example.org", ["billing@contoso.example"], b"x\r\n")
        assert 0.4 < time.monotonic() - began < 2.0
        smtp.close()
