"""IMAP servers that refuse, lie, break off or never end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.servers import scripted
from tests.servers.scripted import Act, Answer, Rule, Scripted, rule
from tui.model.account import Auth, Login
from tui.model.error import Busy, Garbled, MailError, Offline, Refused, SignInNeeded, Untrusted
from tui.model.folder import Role
from tui.model.message import Flag
from tui.model.secret import Secret
from tui.net.answer import Push
from tui.net.imap import ImapConnection
from tui.net.link import Waker

DONE = b"{tag} OK done\r\n"


@contextmanager
def signed_in(
    *rules: Rule, capability: bytes = b"IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS MOVE"
) -> Iterator[ImapConnection]:
    """A connection to a small server with these rules first, its INBOX open."""
    with Scripted(scripted.IMAP_GREETING, scripted.imap(*rules, capability=capability)) as server:
        connection = ImapConnection(server.server())
        try:
            connection.connect()
            connection.sign_in(Login("me"), Secret("pw"))
            connection.select("INBOX")
            yield connection
        finally:
            connection.close()


def sign_in(*rules: Rule, capability: bytes, login: Login = Login("me")) -> list[bytes]:  # noqa: B008
    """Sign in only; all lines that the server was told."""
    with Scripted(scripted.IMAP_GREETING, scripted.imap(*rules, capability=capability)) as server:
        connection = ImapConnection(server.server())
        try:
            connection.connect()
            connection.sign_in(login, Secret('p"w\\'))
        finally:
            connection.close()
        return server.lines


def test_login_is_quoted_where_there_is_no_plain() -> None:
    lines = sign_in(capability=b"IMAP4rev1", login=Login('me "x'))
    assert any(line.endswith(b' LOGIN "me \\"x" "p\\"w\\\\"\r\n') for line in lines)


def test_login_that_is_disabled_is_not_tried() -> None:
    with pytest.raises(SignInNeeded, match="takes no passwords"):
        sign_in(capability=b"IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2")


def test_a_token_where_none_is_taken() -> None:
    with pytest.raises(SignInNeeded, match="token"):
        sign_in(capability=b"IMAP4rev1 AUTH=PLAIN", login=Login("me", Auth.OAUTH2))


def test_xoauth2_takes_two_steps() -> None:
    lines = sign_in(capability=b"IMAP4rev1 SASL-IR AUTH=XOAUTH2", login=Login("me", Auth.OAUTH2))
    at = next(n for n, line in enumerate(lines) if line.endswith(b" AUTHENTICATE XOAUTH2\r\n"))
    assert lines[at + 1] == b"dXNlcj1tZQFhdXRoPUJlYXJlciBwIndcAQE=\r\n"


def test_an_error_challenge_is_answered_with_an_empty_line() -> None:
    challenge = b"+ eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiQmVhcmVyIn0=\r\n"
    rules = (rule(rb"^dXNlcj1", challenge), rule(rb"^\r\n", b"{tag} NO [AUTHENTICATIONFAILED] no\r\n"))
    with pytest.raises(SignInNeeded):
        sign_in(*rules, capability=b"IMAP4rev1 AUTH=XOAUTH2", login=Login("me", Auth.OAUTH2))


def test_ok_counts_only_once_list_works() -> None:
    refusal = b"{tag} BAD User is authenticated but not connected.\r\n* BYE Connection closed. 14\r\n"
    with pytest.raises(SignInNeeded):
        sign_in(rule(rb" LIST ", (refusal, Act.CLOSE)), capability=b"IMAP4rev1 AUTH=PLAIN")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"NO [AUTHENTICATIONFAILED] no", SignInNeeded),
        (b"NO LOGIN failed.", SignInNeeded),
        (b"NO AUTHENTICATE failed.", SignInNeeded),
        (b"NO [UNAVAILABLE] back end down", Busy),
        (b"NO [LIMIT] too many connections", Busy),
        (b"BAD what", SignInNeeded),
    ],
)
def test_refused_sign_in(said: bytes, error: type[MailError]) -> None:
    with pytest.raises(error) as raised:
        sign_in(
            rule(rb"^[A-Za-z0-9+/=]+\r\n$", b"{tag} " + said + b"\r\n"), capability=b"IMAP4rev1 AUTH=PLAIN"
        )
    assert raised.value.what
    assert raised.value.hint
    assert said.partition(b" ")[2].decode()[:10] in raised.value.detail


COMMANDS: dict[bytes, Callable[[ImapConnection], object]] = {
    rb" (SELECT|EXAMINE) ": lambda c: c.select("Other"),
    rb" STATUS ": lambda c: c.status("Other"),
    rb" LIST ": lambda c: c.folders(),
    rb" CREATE ": lambda c: c.create("New"),
    rb" UID FETCH 1:\* ": lambda c: c.uids_and_flags(),
    rb" UID SEARCH ": lambda c: c.uids(),
    rb" UID FETCH .*HEADER": lambda c: list(c.headers([1, 2])),
    rb" UID FETCH .*BODY.PEEK\[\]": lambda c: list(c.bodies([1, 2])),
    rb" UID STORE ": lambda c: c.store_flags([1], Flag.SEEN),
    rb" UID MOVE ": lambda c: c.move([1], "Other"),
    rb" UID COPY ": lambda c: c.copy([1], "Other"),
    rb" UID EXPUNGE ": lambda c: c.expunge([1]),
    rb" APPEND ": lambda c: c.append("Other", b"x"),
    rb" NOOP": lambda c: c.noop(),
}


def answered(pattern: bytes, answer: Answer) -> Rule:
    """A rule that leaves the sign-in's own LIST and SELECT of INBOX alone."""
    if pattern == rb" LIST ":
        return rule(rb' LIST "" "\*"', answer)
    return rule(rb" (SELECT|EXAMINE) \"Other\"", answer) if b"SELECT" in pattern else rule(pattern, answer)


@pytest.mark.parametrize("pattern", list(COMMANDS))
def test_no_and_bad_leave_the_connection_usable(pattern: bytes) -> None:
    for said in (b"NO [CANNOT] not today", b"BAD Command Argument Error. 11"):
        with signed_in(answered(pattern, b"{tag} " + said + b"\r\n")) as connection:
            with pytest.raises(Refused):
                COMMANDS[pattern](connection)
            assert connection.search_header("Subject", "x") == [] if b"SEARCH" not in pattern else True
            connection.select("INBOX")


@pytest.mark.parametrize("pattern", list(COMMANDS))
@pytest.mark.parametrize("said", [b"", b"* 1 FET", b"{tag} O", b"* 1 FETCH (UID 1 BODY[] {500}\r\nhalf"])
def test_a_connection_that_breaks_off(pattern: bytes, said: bytes) -> None:
    with signed_in(answered(pattern, (said, Act.CLOSE))) as connection, pytest.raises((Offline, Garbled)):
        COMMANDS[pattern](connection)


@pytest.mark.parametrize("pattern", list(COMMANDS))
def test_what_is_no_protocol(pattern: bytes) -> None:
    for said in (b"\r\n", b"rubbish\r\n", b"* \r\n\xff\r\n", b"\0\0\0\r\n", b"x OK not yours\r\n"):
        with signed_in(answered(pattern, (said, Act.CLOSE))) as connection, pytest.raises((Garbled, Offline)):
            COMMANDS[pattern](connection)


def test_a_token_that_expires_in_a_session_is_no_sign_in_error() -> None:
    bye = b"* BYE Session invalidated - AccessTokenExpired\r\n"
    for pattern in (rb" NOOP", rb" UID SEARCH ", rb" UID STORE "):
        with signed_in(answered(pattern, (bye, Act.CLOSE))) as connection, pytest.raises(Offline):
            COMMANDS[pattern](connection)


def test_throttling_names_its_time() -> None:
    said = b"{tag} NO [THROTTLED] Request is throttled. Suggested Backoff Time: 299961 milliseconds\r\n"
    with signed_in(rule(rb" NOOP", said)) as connection:
        with pytest.raises(Busy) as raised:
            connection.noop()
        assert raised.value.wait == pytest.approx(299.961)


def test_a_literal_too_big_to_believe() -> None:
    for size in (b"3000000000", b"99999999999999999999"):
        said = b"* 1 FETCH (UID 1 BODY[] {" + size + b"}\r\n"
        with signed_in(rule(rb" UID FETCH ", (said, Act.STALL))) as connection, pytest.raises(Garbled):
            list(connection.bodies([1]))
        with (
            signed_in(rule(rb" STATUS ", (b"* STATUS {" + size + b"}\r\n", Act.STALL))) as connection,
            pytest.raises(Garbled),
        ):
            connection.status("x")


def test_an_endless_line() -> None:
    with (
        signed_in(rule(rb" NOOP", (b"* " + b"x" * (17 << 20), Act.STALL))) as connection,
        pytest.raises(Garbled),
    ):
        connection.noop()


def test_endless_answers() -> None:
    lines = b"* 5 EXISTS\r\n" * 700_000
    with signed_in(rule(rb" NOOP", (lines, Act.STALL))) as connection, pytest.raises(Garbled):
        connection.noop()
    fetched = b"* 1 FETCH (UID 9 FLAGS ())\r\n" * 20_000
    with signed_in(rule(rb" UID FETCH", (fetched, Act.STALL))) as connection, pytest.raises(Garbled):
        list(connection.bodies([1]))


@pytest.mark.parametrize(
    "line",
    [
        b"* 1 FETCH (UID 4294967296 FLAGS ())", b"* 1 FETCH (UID -1 FLAGS ())", b"* 1 FETCH (UID 0 FLAGS ())",
        b"* 1 FETCH (UID x FLAGS ())", b"* 1 FETCH (UID 1 FLAGS (", b"* 1 FETCH (UID",
    ],
)  # fmt: skip
def test_odd_numbers(line: bytes) -> None:
    with signed_in(rule(rb" UID FETCH", line + b"\r\n" + DONE)) as connection, pytest.raises(Garbled):
        connection.uids_and_flags()


@pytest.mark.parametrize(
    "said", [b"* -5 EXISTS\r\n", b"* OK [UIDVALIDITY -7] x\r\n", b"* OK [UIDNEXT x] x\r\n"]
)
def test_odd_numbers_of_a_folder(said: bytes) -> None:
    with (
        signed_in(rule(rb' (SELECT|EXAMINE) "?Odd', said + b"{tag} OK [READ-WRITE] x\r\n")) as connection,
        pytest.raises(Garbled),
    ):
        connection.select("Odd")


def test_messages_that_nobody_asked_for() -> None:
    said = (
        b"* 1 FETCH (UID 99 BODY[] {3}\r\nbad)\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 9 EXISTS\r\n"
        b'* 3 FETCH (FLAGS (\\Seen "odd") X-NEW (a (b {2}\r\n))) c) BODY[] {4}\r\ngood UID 1)\r\n'
        b"* 3 FETCH (UID 1 BODY[] {5}\r\nagain)\r\n* 4 FETCH (UID 2 BODY[] NIL)\r\n" + DONE
    )
    with signed_in(rule(rb" UID FETCH", said)) as connection:
        assert list(connection.bodies([1, 2])) == [(1, b"good")]


def test_expungeissued_is_no_refusal() -> None:
    said = b"* 1 FETCH (UID 1 BODY[] {4}\r\ngood)\r\n{tag} NO [EXPUNGEISSUED] some are gone\r\n"
    with signed_in(rule(rb" UID FETCH", said)) as connection:
        assert list(connection.bodies([1, 2])) == [(1, b"good")]


def test_a_folder_that_can_only_be_read() -> None:
    readonly = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n{tag} OK [READ-ONLY] x\r\n"
    with signed_in(rule(rb' (SELECT|EXAMINE) "?Shared', readonly)) as connection:
        selected = connection.select("Shared")
        assert selected.readonly
        assert selected.exists == 1


def test_flags_that_a_folder_cannot_keep_are_not_sent() -> None:
    permanent = (
        b"* 1 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted $MDNSent)] x\r\n{tag} OK [READ-WRITE] x\r\n"
    )
    with Scripted(scripted.IMAP_GREETING, scripted.imap(rule(rb' SELECT "?Few', permanent))) as server:
        connection = ImapConnection(server.server())
        connection.connect()
        connection.sign_in(Login("me"), Secret("pw"))
        connection.select("Few")
        connection.store_flags([1], Flag.SEEN | Flag.FORWARDED, add_tags=frozenset({"todo"}))
        connection.store_flags([1], Flag.FORWARDED)
        connection.close()
        stored = [line.partition(b" STORE ")[2] for line in server.lines if b" STORE " in line]
        assert stored == [b"1 +FLAGS.SILENT (\\Seen)\r\n"]


def test_folder_names_of_every_kind() -> None:
    said = (
        b'* LIST (\\HasNoChildren) "." INBOX\r\n* LIST () "." "INBOX.Sent Items"\r\n'
        b'* LIST () "." Inbox.Junk&-Co\r\n* LIST () "." {5}\r\nb."c\\\r\n'
        b'* LIST (\\Noselect) "." "a"\r\n* LIST () "." &Jjo-!\r\n* LIST () "." &bad\r\n'
        b'* LIST () "." "R&D"\r\n* LIST () NIL flat\r\n* LIST () "." ../../etc/x\r\n* LIST () "." "x..y"\r\n'
        b'* LIST (\\Trash) "." Weg\r\n* LIST () "." "Deleted Items"\r\n* LSUB () "." no\r\n' + DONE
    )
    with signed_in(rule(rb' LIST "" "\*"', said)) as connection:
        found = {each.name: each for each in connection.folders()}
    assert found["INBOX/Sent Items"].role is Role.SENT
    assert found["INBOX/Sent Items"].wire == "INBOX.Sent Items"
    assert found["INBOX/Junk&Co"].wire == "Inbox.Junk&Co"
    assert found["Weg"].role is Role.TRASH
    assert found["Deleted Items"].role is Role.NONE
    assert not found["a"].selectable
    assert 'b/"c\\' in found
    assert "flat" in found
    assert not any(name.startswith(("/", "..")) for name in found)


def test_a_push_glued_to_the_start_of_idle(waker: Waker) -> None:
    with signed_in(rule(rb" IDLE", b"+ idling\r\n* 3 EXISTS\r\n"), rule(rb"^DONE", DONE)) as connection:
        started = time.monotonic()
        assert connection.idle(waker.socket, 30) == [Push("EXISTS", 3)]
        assert time.monotonic() - started < 5


def test_a_push_before_idle_has_begun(waker: Waker) -> None:
    with signed_in(rule(rb" IDLE", b"* 3 EXISTS\r\n+ idling\r\n"), rule(rb"^DONE", DONE)) as connection:
        assert connection.idle(waker.socket, 30) == [Push("EXISTS", 3)]


def test_a_push_in_two_halves(waker: Waker) -> None:
    with signed_in(
        rule(rb" IDLE", b"+ idling\r\n* 3 EXI"), rule(rb"^DONE", b"STS\r\n* 1 EXPUNGE\r\n" + DONE)
    ) as connection:
        assert connection.idle(waker.socket, 30) == [Push("EXISTS", 3), Push("EXPUNGE", 1)]


def test_a_server_that_does_not_know_idle(waker: Waker) -> None:
    with signed_in(rule(rb" IDLE", b"{tag} BAD what\r\n")) as connection:
        with pytest.raises(Refused):
            connection.idle(waker.socket, 30)
        assert connection.noop() == []


def test_idle_on_a_connection_that_ends(waker: Waker) -> None:
    with signed_in(rule(rb" IDLE", (b"+ idling\r\n", Act.CLOSE))) as connection, pytest.raises(Offline):
        connection.idle(waker.socket, 30)


def test_abort_while_idling(waker: Waker) -> None:
    with signed_in(rule(rb" IDLE", b"+ idling\r\n")) as connection:
        timer = threading.Timer(0.1, connection.abort)
        timer.start()
        started = time.monotonic()
        with pytest.raises(MailError):
            connection.idle(waker.socket, 30)
        assert time.monotonic() - started < 2
        timer.join()


def test_closing_does_not_wait_for_a_server_that_hangs() -> None:
    with signed_in(rule(rb" LOGOUT", Act.STALL)) as connection:
        started = time.monotonic()
        connection.close()
        assert time.monotonic() - started < 1


def test_a_server_that_is_no_imap_server() -> None:
    for greeting in (
        b"220 smtp.example ESMTP\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 400\r\n\r\n",
        b"* BYE busy\r\n",
    ):
        with Scripted((greeting, Act.CLOSE), []) as server:
            connection = ImapConnection(server.server())
            with pytest.raises((Garbled, Offline, Refused, Untrusted)) as raised:
                connection.connect()
            connection.close()
            assert raised.value.hint
