"""POP3 servers that refuse, lie, break off or never end."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from tests.servers import scripted
from tests.servers.scripted import Act, Rule, Scripted, rule
from tui.model.account import Auth, Login, Security, Server
from tui.model.error import Busy, Garbled, MailError, Offline, Refused, SignInNeeded
from tui.model.secret import Secret
from tui.net.pop3 import Pop3Connection


@contextmanager
def connected(
    *rules: Rule, capa: bytes = b"UIDL\r\nTOP\r\nUSER\r\n"
) -> Iterator[tuple[Pop3Connection, Scripted]]:
    """A connection to a small server with these rules first, not yet signed in."""
    with Scripted(scripted.POP3_GREETING, scripted.pop3(*rules, capa=capa)) as server:
        connection = Pop3Connection(server.server())
        try:
            connection.connect()
            yield connection, server
        finally:
            connection.close()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"-ERR [AUTH] no", SignInNeeded),
        (b"-ERR Logon failure: unknown user name or bad password.", SignInNeeded),
        (b"-ERR [IN-USE] locked by another session", Busy),
        (b"-ERR [SYS/TEMP] disk", Busy),
        (b"-ERR [LOGIN-DELAY] too soon", Busy),
        (b"-ERR Server Unavailable. 21", Busy),
    ],
)
def test_refused_sign_in(said: bytes, error: type[MailError]) -> None:
    with connected(rule(rb"^PASS", said + b"\r\n")) as (pop3, _), pytest.raises(error) as raised:
        pop3.sign_in(Login("me"), Secret("canary-password"))
    assert raised.value.hint
    assert "canary" not in repr(raised.value) + raised.value.detail


def test_a_server_without_capa() -> None:
    with connected(rule(rb"^CAPA", b"-ERR what\r\n")) as (pop3, _):
        assert pop3.capabilities == frozenset()
        pop3.sign_in(Login("me"), Secret("pw"))
        assert pop3.uidl() == [(1, "one"), (2, "two")]


def test_a_server_without_uidl() -> None:
    with connected(rule(rb"^UIDL", b"-ERR what\r\n")) as (pop3, _):
        pop3.sign_in(Login("me"), Secret("pw"))
        with pytest.raises(Refused):
            pop3.uidl()
        assert pop3.retrieve(1) == b"Subject: x\r\n\r\n.body\r\n"


def test_xoauth2_takes_two_lines_and_an_empty_one() -> None:
    challenge = b"+ eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiQmVhcmVyIn0=\r\n"
    rules = (
        rule(rb"^AUTH XOAUTH2\r\n", b"+ \r\n"),
        rule(rb"^dXNlcj1tZQ", challenge, b"+OK in\r\n"),
        rule(rb"^\r\n", b"-ERR [AUTH] no\r\n"),
    )
    with connected(*rules, capa=b"SASL PLAIN XOAUTH2\r\nUIDL\r\n") as (pop3, server):
        with pytest.raises(SignInNeeded):
            pop3.sign_in(Login("me", Auth.OAUTH2), Secret("token"))
        pop3.sign_in(Login("me", Auth.OAUTH2), Secret("token"))
        assert server.lines[1:4] == [
            b"AUTH XOAUTH2\r\n",
            b"dXNlcj1tZQFhdXRoPUJlYXJlciB0b2tlbgEB\r\n",
            b"\r\n",
        ]


def test_plain_where_there_is_no_user() -> None:
    rules = (rule(rb"^AUTH PLAIN", b"+ \r\n"), rule(rb"^USER", b"-ERR no\r\n"))
    with connected(*rules, capa=b"SASL PLAIN\r\n") as (pop3, server):
        pop3.sign_in(Login("me"), Secret("pw"))
        assert b"AG1lAHB3\r\n" in server.lines


def test_an_endless_exchange() -> None:
    rules = (rule(rb"^CAPA", b"+OK\r\nSASL XOAUTH2\r\n.\r\n"), rule(rb"", b"+ \r\n"))
    with connected(*rules) as (pop3, _), pytest.raises(Garbled):
        pop3.sign_in(Login("me", Auth.OAUTH2), Secret("token"))


@pytest.mark.parametrize("said", [b"", b"+O", b"+OK\r\nhalf a li", b"+OK\r\na line\r\n", b"+OK\r\n.\r"])
def test_a_message_that_breaks_off(said: bytes) -> None:
    with connected(rule(rb"^RETR", (said, Act.CLOSE))) as (pop3, _):
        pop3.sign_in(Login("me"), Secret("pw"))
        with pytest.raises(Offline):
            pop3.retrieve(1)
        with pytest.raises(Offline):
            pop3.delete(1)  # out of step: nothing more is said to this server


@pytest.mark.parametrize(
    "said", [b"rubbish\r\n", b"\r\n", b"* OK\r\n", b"\0\r\n", b"+OK\n", b"+" + b"x" * 70_000]
)
def test_what_is_no_protocol(said: bytes) -> None:
    with connected(rule(rb"^(DELE|UIDL|RETR)", (said, Act.STALL))) as (pop3, server):
        pop3.sign_in(Login("me"), Secret("pw"))
        with pytest.raises(Garbled):
            pop3.delete(1)
        with pytest.raises(Offline):
            pop3.quit()
        assert not [line for line in server.lines if line.startswith(b"QUIT")]


@pytest.mark.parametrize("line", [b"x one", b" one", b"1.5 one"])
def test_odd_numbers(line: bytes) -> None:
    with connected(rule(rb"^UIDL", b"+OK\r\n" + line + b"\r\n.\r\n")) as (pop3, _):
        pop3.sign_in(Login("me"), Secret("pw"))
        with pytest.raises(Garbled):
            pop3.uidl()


def test_sizes_that_cannot_be() -> None:
    for line in (b"1 -5", b"1 x", b"1"):
        with connected(rule(rb"^LIST", b"+OK\r\n" + line + b"\r\n.\r\n")) as (pop3, _):
            pop3.sign_in(Login("me"), Secret("pw"))
            with pytest.raises(Garbled):
                pop3.sizes()


def test_a_message_that_writes_the_next_answer_itself() -> None:
    text = b"Subject: " + b"x" * 5000 + b"\r\n+OK message deleted\r\n-ERR\r\n\r\n"
    with connected(rule(rb"^RETR", b"+OK\r\n" + text + b".\r\n")) as (pop3, _):
        pop3.sign_in(Login("me"), Secret("pw"))
        assert pop3.retrieve(1) == text
        pop3.noop()


def test_quit_that_is_refused_is_no_deletion() -> None:
    with connected(rule(rb"^QUIT", b"-ERR some messages were not removed\r\n")) as (pop3, _):
        pop3.sign_in(Login("me"), Secret("pw"))
        pop3.delete(1)
        assert pop3.quit() is False


def test_quit_without_an_answer_is_no_deletion() -> None:
    with connected(rule(rb"^QUIT", Act.CLOSE)) as (pop3, _):
        pop3.sign_in(Login("me"), Secret("pw"))
        pop3.delete(1)
        with pytest.raises(Offline):
            pop3.quit()


def test_commands_are_sent_ahead_only_where_allowed() -> None:
    for capa, ahead in ((b"UIDL\r\nPIPELINING\r\n", True), (b"UIDL\r\n", False)):
        with connected(rule(rb"^RETR 1", (b"+OK\r\nfirst\r\n.\r\n", Act.STALL)), capa=capa) as (pop3, server):
            pop3.sign_in(Login("me"), Secret("pw"))
            found = pop3.retrieve_each([1, 2, 3])
            assert next(found) == (1, b"first\r\n")
            pop3.abort()
            with pytest.raises(MailError):
                next(found)
            assert pop3.capabilities >= {"PIPELINING"} if ahead else "PIPELINING" not in pop3.capabilities
            assert server.lines[-1] == b"RETR 1\r\n"


def test_all_are_asked_for_before_the_first_answer_where_the_server_allows_it() -> None:
    for capa, ahead in ((b"UIDL\r\nPIPELINING\r\n", 5), (b"UIDL\r\n", 1)):
        with (
            socket.create_server(("127.0.0.1", 0)) as listener,
            ThreadPoolExecutor(1) as pool,
        ):
            heard = pool.submit(_count_commands, listener, capa)
            pop3 = Pop3Connection(Server("127.0.0.1", listener.getsockname()[1], Security.PLAIN))
            pop3.connect()
            with pytest.raises(Offline):
                list(pop3.retrieve_each(range(1, 6)))
            pop3.close()
            assert heard.result(5) == ahead


def _count_commands(listener: socket.socket, capa: bytes) -> int:
    """A server that answers CAPA and then only counts, until the client is silent for a while."""
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"+OK ready\r\n")
        connection.recv(100)
        connection.sendall(b"+OK\r\n" + capa + b".\r\n")
        connection.settimeout(0.3)
        found = b""
        with suppress(TimeoutError):
            while more := connection.recv(1000):
                found += more
    return found.count(b"RETR ")


@pytest.mark.parametrize(
    ("said", "seconds"), [(b"900", 900), (b"900 USER", 900), (b"soon", 0), (b"9" * 30, 86_400)]
)
def test_a_login_delay_is_what_busy_waits(said: bytes, seconds: float) -> None:
    refusal = rule(rb"^PASS", b"-ERR [LOGIN-DELAY] too soon\r\n")
    with connected(refusal, capa=b"LOGIN-DELAY " + said + b"\r\nUSER\r\n") as (pop3, _):
        with pytest.raises(Busy) as raised:
            pop3.sign_in(Login("me"), Secret("pw"))
        assert raised.value.wait == pop3.login_delay == seconds
