"""The engine against a real Dovecot over IMAP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.rig import RigMaker, account_on, until
from tests.servers.dovecot import MICROSOFT, PLAIN_IMAP, WITHOUT_MOVE, Dovecot
from tests.servers.imap_client import client
from tests.servers.proxy import Fault, Proxy
from tests.sync.letters_in import letter
from tui.demo import Demo
from tui.model.account import Account, Login, Offline, SecretSource
from tui.model.command import Archive, ConfirmGone, Delete, FetchBody, Move, SetFlags, Undo
from tui.model.error import Refused
from tui.model.event import Asked, NewMail
from tui.model.folder import Role
from tui.model.message import BodyState, Flag
from tui.store.folders import REMOVED_FOLDER

pytestmark = pytest.mark.dovecot

FOLDERS = ["INBOX", "Projects/Website", "Reise/Grüße & Pläne", "A space", "日本語"]


def number_anew(dovecot: Dovecot, user: str) -> None:
    """Have the server give its inbox another UIDVALIDITY and other UIDs."""
    maildir = dovecot.folder(user)
    lines = (maildir / "dovecot-uidlist").read_text().splitlines()
    for stale in maildir.glob("dovecot*"):
        stale.unlink()
    header = lines[0].split()
    validity = next(word for word in header if word.startswith("V"))
    (maildir / "dovecot-uidlist").write_text(f"3 V{int(validity[1:]) + 7} N100\n")


@pytest.mark.parametrize("capability", ["", PLAIN_IMAP, MICROSOFT, WITHOUT_MOVE])
def test_every_folder_and_every_byte_arrives(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str
) -> None:
    dovecot = dovecot_with(capability)
    sent: dict[str, set[bytes]] = {}
    for number, folder in enumerate(FOLDERS * 3):
        sent.setdefault(folder, set()).add(letter(number))
        dovecot.deliver(user, letter(number), folder)
    rig = make_rig(account_on(dovecot, user))
    summary = rig.fetch()
    assert (summary.new, summary.problems) == (15, ())
    for folder in FOLDERS:
        rows = rig.rows(folder)
        assert {rig.raw(row.id) for row in rows} == sent[folder]
        assert all(row.body is BodyState.FULL and row.on_server for row in rows)
    assert rig.fetch().new == 0
    assert len(rig.all_rows()) == 15


def test_flags_travel_both_ways(make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account) -> None:
    for number in (1, 2):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account)
    rig.fetch()
    second, first = rig.rows()
    rig.ask(SetFlags((first.id,), add=Flag.FLAGGED | Flag.SEEN))
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        other.add_flags([second.uid], ["\\Answered"])
        rig.fetch()
        flags = other.get_flags([first.uid])[first.uid]
    assert {b"\\Flagged", b"\\Seen"} <= set(flags)
    assert rig.rows()[0].flags is not None and Flag.ANSWERED in rig.rows()[0].flags
    rig.ask(Undo())
    rig.fetch()
    with client(dovecot, user) as other:
        other.select_folder("INBOX", readonly=True)
        assert b"\\Flagged" not in other.get_flags([first.uid])[first.uid]


@pytest.mark.parametrize("capability", ["", PLAIN_IMAP, MICROSOFT, WITHOUT_MOVE])
def test_moves_are_pushed_once_and_nothing_is_doubled(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str
) -> None:
    dovecot = dovecot_with(capability)
    for number in range(4):
        dovecot.deliver(user, letter(number))
    dovecot.folder(user, "Projects")
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    rows = rig.rows()
    rig.ask(Archive((rows[0].id,)))
    rig.ask(Delete((rows[1].id,)))
    rig.ask(Move((rows[2].id,), "Projects"))
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert [row.id for row in rig.role(Role.ARCHIVE)] == [rows[0].id]
    assert [row.id for row in rig.role(Role.TRASH)] == [rows[1].id]
    assert [row.id for row in rig.rows("Projects")] == [rows[2].id]
    assert [row.id for row in rig.rows()] == [rows[3].id]
    assert all(row.uid for row in rig.all_rows())
    with client(dovecot, user) as other:
        for folder, count in (("Archive", 1), ("Trash", 1), ("Projects", 1), ("INBOX", 1)):
            other.select_folder(folder, readonly=True)
            assert len(other.search("UNDELETED")) == count, folder


def test_foreign_deleted_marks_survive_every_action(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str
) -> None:
    dovecot = dovecot_with(PLAIN_IMAP)
    for number in range(4):
        dovecot.deliver(user, letter(number))
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        other.add_flags(other.search()[:2], ["\\Deleted"])
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    newest = rig.rows()[0]
    rig.ask(Delete((newest.id,), forever=True))
    rig.ask(Archive((rig.rows()[0].id,)))
    rig.fetch()
    with client(dovecot, user) as other:
        other.select_folder("INBOX", readonly=True)
        assert len(other.search()) == 4


def test_a_move_by_another_program_keeps_the_row(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(1))
    dovecot.folder(user, "Projects")
    rig = make_rig(account)
    rig.fetch()
    (row,) = rig.rows()
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        other.move([row.uid], "Projects")
    rig.fetch()
    assert [one.id for one in rig.all_rows()] == [row.id]
    assert rig.rows("Projects")[0].body is BodyState.FULL


def test_a_deletion_by_another_program_goes_to_the_local_wastebasket(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    for number in (1, 2):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account)
    rig.fetch()
    row = rig.rows()[0]
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        other.delete_messages([row.uid])
        other.expunge()
    assert rig.fetch().gone == 1
    assert len(rig.rows()) == 1
    (kept,) = rig.rows(REMOVED_FOLDER)
    assert kept.id == row.id and not kept.on_server and rig.raw(kept.id) == letter(2)
    rig.ask(Move((kept.id,), "INBOX"))  # taken out of the wastebasket, as any mail is moved
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert sorted(rig.raw(one.id) or b"" for one in rig.rows()) == [letter(1), letter(2)]
    assert all(one.uid and one.on_server for one in rig.rows()) and not rig.rows(REMOVED_FOLDER)
    with client(dovecot, user) as other:
        assert other.select_folder("INBOX", readonly=True)[b"EXISTS"] == 2


def test_many_deletions_at_once_are_asked_about(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    for number in range(40):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account)
    rig.fetch()
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        other.delete_messages(other.search()[:30])
        other.expunge()
    summary = rig.fetch()
    assert summary.exit_code == 75 and summary.problems
    assert len(rig.rows()) == 40
    (asked,) = {(event.folder, event.count) for event in rig.events if isinstance(event, Asked)}
    assert asked[1] == 30
    rig.ask(ConfirmGone(asked[0], remove=True))
    assert len(rig.rows()) == 10
    assert rig.fetch().problems == ()


def test_new_numbering_removes_nothing(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    for number in range(5):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account)
    rig.fetch()
    before = {row.id for row in rig.rows()}
    number_anew(dovecot, user)
    summary = rig.fetch()
    assert summary.gone == 0 and summary.problems
    assert {row.id for row in rig.rows()} == before
    assert all(row.uid and row.on_server for row in rig.rows())


def test_messages_of_one_header_are_told_apart_after_a_new_numbering(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    bodies = [letter(1, body=body) for body in ("first", "the second one", "the newest of them all")]
    for raw in bodies[:2]:
        dovecot.deliver(user, raw)
    with Proxy(dovecot.imap) as proxy:
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        rig.fetch()
        rig.engine.close()
        dovecot.deliver(user, bodies[2])
        proxy.fault = Fault(rewrite=lambda line: line.replace(b"UIDVALIDITY ", b"UIDVALIDITY 1"))
        rig = make_rig(rig.account)
        rig.fetch()
        assert [rig.raw(row.id) for row in sorted(rig.rows(), key=lambda row: row.uid)] == bodies
        rig.engine.close()


def test_headers_alone_then_one_body_on_demand(make_rig: RigMaker, dovecot: Dovecot, user: str) -> None:
    for number in range(3):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account_on(dovecot, user, offline=Offline("headers")))
    rig.fetch()
    rows = rig.rows()
    assert all(row.body is BodyState.HEADERS for row in rows)
    assert rig.ask(FetchBody(rows[1].id)) is True
    assert rig.raw(rows[1].id) == letter(1)
    assert rig.raw(rows[0].id) is None


def test_a_body_is_never_that_of_a_message_numbered_anew(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for number in range(3):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account_on(dovecot, user, offline=Offline("headers")))
    rig.fetch()
    asked = rig.rows()[1]
    rig.engine.close()
    number_anew(dovecot, user)
    uidlist = dovecot.folder(user) / "dovecot-uidlist"
    uidlist.write_text(uidlist.read_text().replace("N100", "N2"))  # each UID is that of another message
    again = make_rig(rig.account)
    with pytest.raises(Refused, match="anew"):
        again.ask(FetchBody(asked.id))
    assert again.raw(asked.id) is None
    again.fetch()
    assert again.ask(FetchBody(asked.id)) is True
    assert again.raw(asked.id) == letter(1)


def test_a_folder_may_keep_more_or_less_than_the_others(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for number, folder in enumerate(("INBOX", "Lists", "Lists/Python", "Lists/Mine")):
        dovecot.deliver(user, letter(number), folder)
    offline = Offline("all; Lists=headers; Lists/Mine=30d")
    rig = make_rig(account_on(dovecot, user, offline=offline))
    for _ in range(2):
        rig.fetch()
        here = {row.folder: row.body is BodyState.FULL for row in rig.all_rows()}
        assert here == {"INBOX": True, "Lists": False, "Lists/Python": False, "Lists/Mine": True}
    rig.engine.close()
    rig = make_rig(account_on(dovecot, user, offline=Offline("headers; Lists=all")))
    dovecot.deliver(user, letter(9))
    rig.fetch()
    assert [row.body is BodyState.FULL for row in rig.rows()] == [False, True]
    assert all(row.body is BodyState.FULL for row in rig.rows("Lists/Python"))


def test_new_mail_is_pushed_while_watching(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(0))
    rig = make_rig(account, watch=True)
    until(lambda: len(rig.rows()) == 1 and rig.raw(rig.rows()[0].id))
    until(lambda: rig.engine.status(account.address).pushed)
    dovecot.deliver(user, letter(1))
    until(lambda: len(rig.rows()) == 2 and rig.raw(rig.rows()[0].id))
    until(lambda: any(isinstance(event, NewMail) and event.count == 1 for event in rig.events))


def test_a_server_that_stops_and_comes_back(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str
) -> None:
    dovecot = dovecot_with("IMAP4rev1 LITERAL+ IDLE UIDPLUS MOVE CONDSTORE ENABLE")
    for number in range(3):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    dovecot.stop()
    row = rig.rows()[0]
    rig.ask(Archive((row.id,)))
    assert [one.id for one in rig.role(Role.ARCHIVE)] == [row.id]
    failed = rig.fetch()
    assert failed.exit_code == 69 and failed.problems
    dovecot.start()
    assert rig.fetch().problems == ()
    with client(dovecot, user) as other:
        other.select_folder("Archive", readonly=True)
        assert len(other.search()) == 1


def test_a_wrong_password_asks_for_the_sign_in_once(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    from tui.model.event import Phase
    from tui.model.secret import Secret

    rig = make_rig(account, start=False)
    rig.engine._context.secrets.remember(account.address, "incoming", Secret("wrong"))
    rig.engine.start()
    summary = rig.fetch()
    assert summary.exit_code == 77
    assert rig.engine.status(account.address).phase is Phase.SIGN_IN


def test_tags_that_a_server_cannot_keep_stay_here(make_rig: RigMaker) -> None:
    with Demo() as demo:  # its IMAP server has no keywords of one's own
        account = replace(demo.account, login=Login(demo.account.address, source=SecretSource.SESSION))
        rig = make_rig(account, secret=demo.secret)
        rig.fetch()
        row = next(one for one in rig.rows() if Flag.FLAGGED not in one.flags)
        rig.ask(SetFlags((row.id,), add=Flag.FLAGGED, add_tags=frozenset({"later"})))
        for _ in range(2):
            assert rig.fetch().problems == ()
        kept = next(one for one in rig.rows() if one.id == row.id)
        assert kept.tags == {"later"}
        assert Flag.FLAGGED in kept.flags
        rig.engine.close()


def test_a_connection_that_broke_while_idle_is_replaced(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(1))
    with Proxy(dovecot.imap) as proxy:
        rig = make_rig(replace(account, imap=proxy.server()))
        assert rig.fetch().new == 1
        proxy.hang_up()
        dovecot.deliver(user, letter(2))
        summary = rig.fetch()
        assert (summary.new, summary.problems) == (1, ())
        rig.engine.close()
