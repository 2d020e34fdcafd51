"""IMAP against a real Dovecot, with all its extensions and without the ones that matter."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import pytest

from tests.servers.dovecot import MICROSOFT, PLAIN_IMAP, WITHOUT_MOVE, Dovecot
from tui.model.account import Login
from tui.model.error import BadInput, Refused, SignInNeeded
from tui.model.folder import Role
from tui.model.message import Flag
from tui.model.secret import Secret
from tui.net.answer import Push
from tui.net.imap import ImapConnection
from tui.net.link import Waker

pytestmark = pytest.mark.dovecot

Connect = Callable[..., ImapConnection]
NAMES = [
    "Projekte",
    "Projekte/Übersicht",
    "R&D",
    "with space",
    "日本語/下書き",
    'quo"te',
    "back\\slash",
    "a%b*c",
]


def mail(subject: str, body: str = "hello") -> bytes:
    """A small message with a Message-ID of its own."""
    return (
        f"Message-ID: <{subject.replace(' ', '-')}@example.org>\r\nSubject: {subject}\r\n"
        f"From: Newsletter <news@contoso.example>\r\n\r\n{body}\r\n"
    ).encode()


@pytest.mark.parametrize("service", ["imaps", "imap"])
def test_signs_in_and_reads_capabilities_anew(connect: Connect, service: str) -> None:
    connection = connect(service=service)
    assert "UIDPLUS" in connection.capabilities  # Dovecot tells it only after sign-in


def test_wrong_password(dovecot: Dovecot, user: str) -> None:
    connection = ImapConnection(dovecot.server("imaps"), dovecot.ca_file)
    connection.connect()
    with pytest.raises(SignInNeeded) as raised:
        connection.sign_in(Login(user), Secret("wrong"))
    assert "AUTHENTICATIONFAILED" in raised.value.detail
    connection.close()


def test_folders_of_every_name(imap: ImapConnection) -> None:
    for name in NAMES:
        imap.create(name)
    found = {each.name: each for each in imap.folders()}
    assert set(NAMES) <= set(found)
    roles = {each.role: each.name for each in found.values() if each.role}
    assert roles == {
        Role.INBOX: "INBOX", Role.SENT: "Sent", Role.DRAFTS: "Drafts", Role.TRASH: "Trash",
        Role.JUNK: "Junk", Role.ARCHIVE: "Archive",
    }  # fmt: skip
    for name in NAMES:
        imap.append(found[name].wire, mail(name[:3]))
        assert imap.select(found[name].wire).exists == 1
        assert imap.status(found[name].wire).exists == 1


def test_making_a_folder_twice_is_refused(imap: ImapConnection) -> None:
    imap.create("Once")
    with pytest.raises(Refused):
        imap.create("Once")
    assert imap.select("INBOX").exists == 0  # and the connection goes on


def test_opening_a_folder_that_is_not_there(imap: ImapConnection) -> None:
    with pytest.raises(Refused):
        imap.select("Nowhere")
    assert imap.opened == ""
    assert imap.selected is None


def test_octets_come_as_they_are(dovecot: Dovecot, imap: ImapConnection, user: str) -> None:
    random.seed(7)
    raws = [
        mail("empty", ""),
        b"Subject: no body\r\n\r\n",
        mail("dots", ".\r\n..\r\n.x\r\n"),
        mail("parens) FLAGS (\\Seen) {5}\r\n", "UID 1 BODY[] {3}\r\n)\r\n* 1 EXISTS\r\na OK done"),
        b"Subject: 8bit \xff\xfe\r\n\r\n" + bytes(random.choices(range(32, 256), k=70)) + b"\r\n",
        mail("long line", "x" * 500_000),
        b"\r\n",
    ]
    for raw in raws:
        dovecot.deliver(user, raw)
    imap.select("INBOX")
    uids = sorted(imap.uids())
    assert [raw for _, raw in imap.bodies(uids)] == raws
    headers = [header for batch in imap.headers(uids) for header in batch]
    assert [each.uid for each in headers] == uids
    assert [each.size for each in headers] == [len(raw) for raw in raws]
    assert b"Subject: empty" in headers[0].header


def test_more_messages_than_a_batch(dovecot: Dovecot, imap: ImapConnection, user: str) -> None:
    raws = [mail(f"number {n}", "y" * (n % 50) * 100) for n in range(1203)]
    for raw in raws:
        dovecot.deliver(user, raw, flags="S")
    imap.select("INBOX")
    uids = sorted(imap.uids(), reverse=True)
    batches = list(imap.headers(uids))
    assert sum(len(batch) for batch in batches) == 1203
    assert max(len(batch) for batch in batches) <= 500
    sizes = {each.uid: each.size for batch in batches for each in batch}
    bodies = dict(imap.bodies(uids, sizes))
    assert [bodies[uid] for uid in sorted(uids)] == raws
    assert imap.uids_and_flags().flags == dict.fromkeys(sorted(uids), (Flag.SEEN, frozenset()))


def test_leaving_the_loop_early_leaves_a_clean_connection(
    dovecot: Dovecot, imap: ImapConnection, user: str
) -> None:
    for n in range(120):
        dovecot.deliver(user, mail(f"early {n}", "z" * 50_000))
    imap.select("INBOX")
    uids = sorted(imap.uids())
    for _uid, raw in imap.bodies(uids):
        assert raw
        break
    for _batch in imap.headers(uids):
        break
    assert imap.noop() == []
    assert imap.uids() == set(uids)


def test_uids_that_are_gone_are_missing(dovecot: Dovecot, imap: ImapConnection, user: str) -> None:
    dovecot.deliver(user, mail("only"))
    imap.select("INBOX")
    assert [uid for uid, _ in imap.bodies([1, 77])] == [1]
    assert [each.uid for batch in imap.headers([77, 1]) for each in batch] == [1]


def test_flags_and_tags_both_ways(connect: Connect, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mail("flagged"))
    ours, other = connect(), connect()
    ours.select("INBOX")
    ours.store_flags([1], Flag.SEEN | Flag.FLAGGED | Flag.FORWARDED, Flag(0), frozenset({"todo"}))
    other.select("INBOX")
    assert other.uids_and_flags().flags == {
        1: (Flag.SEEN | Flag.FLAGGED | Flag.FORWARDED, frozenset({"todo"}))
    }
    other.store_flags([1], Flag(0), Flag.SEEN | Flag.FORWARDED, remove_tags=frozenset({"todo"}))
    ours.noop()
    assert ours.uids_and_flags().flags == {1: (Flag.FLAGGED, frozenset())}


def test_flags_changed_since(connect: Connect, dovecot: Dovecot, user: str) -> None:
    for n in range(3):
        dovecot.deliver(user, mail(f"since {n}"))
    imap = connect()
    before = imap.select("INBOX").modseq
    imap.store_flags([2], Flag.ANSWERED, Flag(0))
    listing = imap.uids_and_flags(since_modseq=before)
    assert listing.flags == {2: (Flag.ANSWERED, frozenset())}
    assert not listing.complete
    assert imap.uids_and_flags().complete


def test_an_empty_folder_is_listed_completely(imap: ImapConnection) -> None:
    imap.select("Junk")
    listing = imap.uids_and_flags()
    assert listing.complete
    assert listing.flags == {}


def test_received_and_size(dovecot: Dovecot, imap: ImapConnection, user: str) -> None:
    raw = mail("dated")
    assert imap.append("Archive", raw, Flag.SEEN, 1_000_000_000) is not None
    imap.select("Archive")
    [[header]] = list(imap.headers([1]))
    assert (header.received, header.size, header.flags) == (1_000_000_000, len(raw), Flag.SEEN)


def test_append_tells_where(imap: ImapConnection) -> None:
    first, second = imap.append("Drafts", mail("one")), imap.append("Drafts", mail("two"))
    selected = imap.select("Drafts")
    assert first == (selected.uidvalidity, 1)
    assert second == (selected.uidvalidity, 2)
    assert imap.search_header("Message-ID", "<two@example.org>") == [2]


@pytest.mark.parametrize("capability", ["", MICROSOFT, WITHOUT_MOVE])
def test_move_tells_the_new_uids(
    dovecot_with: Callable[[str], Dovecot], connect: Connect, user: str, capability: str
) -> None:
    server = dovecot_with(capability)
    for n in range(4):
        server.deliver(user, mail(f"move {n}"))
    imap = connect(server)
    imap.append("Archive", mail("there before"))
    imap.select("INBOX")
    imap.store_flags([4], Flag.DELETED, Flag(0))
    assert imap.move([1, 3], "Archive") == {1: 2, 3: 3}
    assert imap.uids() == {2, 4}  # 4 was marked by another program, and stays
    imap.select("Archive")
    assert [raw for _, raw in imap.bodies([2, 3])] == [mail("move 0"), mail("move 2")]


def test_move_without_uidplus_expunges_nothing(
    dovecot_with: Callable[[str], Dovecot], connect: Connect, user: str
) -> None:
    server = dovecot_with(PLAIN_IMAP)
    for n in range(3):
        server.deliver(user, mail(f"plain {n}"))
    imap = connect(server)
    imap.select("INBOX")
    imap.store_flags([3], Flag.DELETED, Flag(0))
    imap.move([1], "Archive")
    assert imap.uids() == {1, 2, 3}
    assert imap.uids_and_flags().flags[1][0] == Flag.DELETED
    assert imap.expunge([2]) is False
    imap.select("Archive")
    assert len(imap.uids()) == 1


def test_copy_and_expunge(dovecot: Dovecot, imap: ImapConnection, user: str) -> None:
    for n in range(3):
        dovecot.deliver(user, mail(f"copy {n}"))
    imap.select("INBOX")
    imap.store_flags([3], Flag.DELETED, Flag(0))
    assert imap.copy([1, 2], "Trash") == {1: 1, 2: 2}
    assert imap.expunge([1]) is True
    assert imap.uids() == {2, 3}


def test_leaving_a_folder_expunges_nothing(dovecot: Dovecot, connect: Connect, user: str) -> None:
    dovecot.deliver(user, mail("stays"))
    imap = connect()
    imap.select("INBOX")
    imap.store_flags([1], Flag.DELETED, Flag(0))
    imap.unselect()
    imap.select("Sent")
    imap.close()
    other = connect()
    assert other.status("INBOX").exists == 1


def test_idle_hears_of_new_mail(dovecot: Dovecot, imap: ImapConnection, user: str, waker: Waker) -> None:
    dovecot.deliver(user, mail("before"))
    imap.select("INBOX")
    timer = threading.Timer(0.1, lambda: dovecot.deliver(user, mail("pushed")))
    timer.start()
    assert Push("EXISTS", 2) in imap.idle(waker.socket, 20)
    timer.join()
    assert imap.uids() == {1, 2}


def test_idle_ends_when_woken(imap: ImapConnection, waker: Waker) -> None:
    imap.select("INBOX")
    timer = threading.Timer(0.1, waker.wake)
    timer.start()
    started = time.monotonic()
    assert imap.idle(waker.socket, 20) == []
    assert time.monotonic() - started < 5
    timer.join()
    waker.clear()
    started = time.monotonic()
    assert imap.idle(waker.socket, 0.2) == []
    assert time.monotonic() - started >= 0.2


def test_noop_tells_of_new_mail(dovecot: Dovecot, imap: ImapConnection, user: str) -> None:
    imap.select("INBOX")
    dovecot.deliver(user, mail("new"))
    assert Push("EXISTS", 1) in imap.noop()


@pytest.mark.parametrize("nasty", ["x\r\nA9 DELETE Sent", "x\nA9 DELETE Sent", "x\0", "\r\n"])
def test_no_argument_becomes_a_command(imap: ImapConnection, nasty: str) -> None:
    imap.select("INBOX")
    acts: list[Callable[[], object]] = [
        lambda: imap.select(nasty), lambda: imap.status(nasty), lambda: imap.create(nasty),
        lambda: imap.append(nasty, b""), lambda: imap.copy([1], nasty), lambda: imap.move([1], nasty),
        lambda: imap.search_header("Message-ID", nasty), lambda: imap.search_header(nasty, "x"),
        lambda: imap.store_flags([1], Flag(0), Flag(0), frozenset({nasty})),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(BadInput):
            act()
    assert "Sent" in {each.name for each in imap.folders()}


@pytest.mark.parametrize("value", ['a"b', "a\\", "a)(b", "{5}", "<x> OR ALL", "*", "%", ""])
def test_search_text_means_itself(dovecot: Dovecot, imap: ImapConnection, user: str, value: str) -> None:
    dovecot.deliver(user, mail("other"))
    dovecot.deliver(user, f"Subject: y\r\nX-Mark: {value}\r\n\r\n".encode())
    imap.select("INBOX")
    assert imap.search_header("X-Mark", value) == [2]
