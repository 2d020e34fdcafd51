"""POP3 against a real Dovecot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.servers.dovecot import Dovecot
from tui.model.account import Login
from tui.model.error import BadInput, Offline, Refused, SignInNeeded
from tui.model.secret import Secret
from tui.net.pop3 import Pop3Connection

pytestmark = pytest.mark.dovecot

Connect = Callable[[], Pop3Connection]

RAWS = [
    b"Subject: plain\r\n\r\nhello\r\n",
    b"Subject: dots\r\n\r\n.\r\n..\r\n...\r\n.x\r\n",
    b"Subject: no body\r\n\r\n",
    b"Subject: a long line\r\n\r\n" + b"x" * 300_000 + b"\r\n+OK 5 octets\r\n-ERR\r\n",
    b"Subject: 8bit\r\n\r\n" + bytes(range(128, 256)) + b"\r\n",
    b"Subject: cr in the middle\r\n\r\na\rb\r\n",
]


@pytest.fixture
def filled(dovecot: Dovecot, user: str) -> list[bytes]:
    """The user's inbox holds RAWS."""
    for raw in RAWS:
        dovecot.deliver(user, raw)
    return RAWS


def test_octets_come_as_they_are(filled: list[bytes], connect_pop3: Connect) -> None:
    pop3 = connect_pop3()
    numbers = [number for number, _ in pop3.uidl()]
    assert [pop3.retrieve(number) for number in numbers] == filled
    assert [raw for _, raw in pop3.retrieve_each(numbers)] == filled
    assert list(pop3.sizes().values()) == [len(raw) for raw in filled]
    headers = [raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" for raw in filled]
    assert [pop3.top(number) for number in numbers] == headers
    assert [header for _, header in pop3.tops(numbers)] == headers
    assert pop3.quit()


def test_uidls_stay_the_same(filled: list[bytes], connect_pop3: Connect) -> None:
    first = connect_pop3()
    uidls = first.uidl()
    assert len({uidl for _, uidl in uidls}) == len(filled)
    assert first.quit()
    assert connect_pop3().uidl() == uidls


def test_deletion_counts_only_with_quit(filled: list[bytes], connect_pop3: Connect) -> None:
    first = connect_pop3()
    first.delete(1)
    first.close()
    second = connect_pop3()
    assert len(second.uidl()) == len(filled)
    second.delete(1)
    assert second.quit()
    assert len(connect_pop3().uidl()) == len(filled) - 1


def test_a_refused_message_leaves_the_session_in_step(filled: list[bytes], connect_pop3: Connect) -> None:
    pop3 = connect_pop3()
    with pytest.raises(Refused):
        pop3.retrieve(77)
    with pytest.raises(Refused):
        list(pop3.retrieve_each([1, 77, 2]))
    pop3.noop()
    assert pop3.retrieve(2) == filled[1]


def test_leaving_the_loop_early_leaves_the_session_in_step(
    filled: list[bytes], connect_pop3: Connect
) -> None:
    pop3 = connect_pop3()
    for _number, raw in pop3.retrieve_each([1, 2, 3, 4]):
        assert raw == filled[0]
        break
    pop3.noop()
    assert pop3.retrieve(4) == filled[3]


def test_wrong_password(dovecot: Dovecot, user: str) -> None:
    pop3 = Pop3Connection(dovecot.server("pop3"), dovecot.ca_file)
    pop3.connect()
    with pytest.raises(SignInNeeded):
        pop3.sign_in(Login(user), Secret("wrong"))
    pop3.close()


@pytest.mark.parametrize("nasty", ["u\r\nDELE 1", "u\nDELE 1", "u\0"])
def test_no_argument_becomes_a_command(dovecot: Dovecot, nasty: str) -> None:
    for login, secret in ((Login(nasty), Secret("x")), (Login("x"), Secret(nasty))):
        pop3 = Pop3Connection(dovecot.server("pop3s"), dovecot.ca_file)
        pop3.connect()
        with pytest.raises(BadInput):
            pop3.sign_in(login, secret)
        pop3.close()


def test_without_a_connection(dovecot: Dovecot) -> None:
    with pytest.raises(Offline):
        Pop3Connection(dovecot.server("pop3s")).uidl()
