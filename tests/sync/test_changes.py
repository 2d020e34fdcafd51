"""Changes that wait and changes that were refused: tried again or given up, never lost with their mail."""

from __future__ import annotations

import pytest

from tests.rig import Rig, RigMaker, account_on, bodies, offline, online
from tests.servers.dovecot import Dovecot
from tests.servers.imap_client import client
from tests.sync.letters_in import letter
from tui.model.change_command import DropChanges, RetryChanges
from tui.model.command import Archive, Copy, SetFlags, Undo
from tui.model.folder import Role
from tui.model.folder_command import CreateFolder, DeleteFolder, Import, RenameFolder
from tui.model.message import Flag, KeptMessage
from tui.store.reader import Reader
from tui.store.records import Pending
from tui.store.writer import Writer

pytestmark = pytest.mark.dovecot

LETTERS = [letter(number) for number in range(5)]


def pending(rig: Rig) -> list[Pending]:
    with Reader(rig.paths.database) as reader:
        return reader.pending()


@pytest.fixture
def refused(make_rig: RigMaker, dovecot: Dovecot, user: str) -> Rig:
    """An account, offline, with one refused change of each kind."""
    for raw in LETTERS:
        dovecot.deliver(user, raw)
    for name in ("Old", "Gone"):
        dovecot.folder(user, name)
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    rig = offline(make_rig, rig)
    rows = [row.id for row in rig.rows()]
    account = rig.account.address
    rig.ask(SetFlags((rows[0],), add=Flag.FLAGGED, remove=Flag.SEEN, add_tags=frozenset({"work"})))
    rig.ask(Archive((rows[1],)))
    rig.ask(Copy((rows[2],), "Archive"))
    rig.ask(CreateFolder(account, "New"))
    rig.ask(Import(account, "New", (KeptMessage(letter(9)),)))
    rig.ask(RenameFolder(account, "Old", "Older"))
    rig.ask(DeleteFolder(account, "Gone"))
    with Writer(rig.paths.database) as writer:
        writer.pending_failed([one.id for one in pending(rig)], "no, said the server")
    return rig


def test_refused_changes_are_kept_with_the_servers_words(make_rig: RigMaker, refused: Rig) -> None:
    kinds = ["create", "rename", "append", "flags", "copy", "move", "remove"]
    assert [one.kind for one in pending(refused)] == kinds
    rig = online(make_rig, refused)
    rig.fetch()
    assert {one.error for one in pending(rig)} == {"no, said the server"}
    assert set(LETTERS) <= set(bodies(rig))


def test_they_can_be_tried_again(make_rig: RigMaker, refused: Rig, dovecot: Dovecot, user: str) -> None:
    assert refused.ask(RetryChanges()) == 7
    rig = online(make_rig, refused)
    for _ in range(3):
        rig.fetch()
    assert rig.fetch().problems == () and pending(rig) == []
    with client(dovecot, user) as other:
        names = {name for _, _, name in other.list_folders()}
        assert {"New", "Older"} <= names and not {"Old", "Gone"} & names
        counts = {
            name: other.select_folder(name, readonly=True)[b"EXISTS"] for name in ("INBOX", "Archive", "New")
        }
    assert counts == {"INBOX": 4, "Archive": 2, "New": 1}
    assert set(bodies(rig)) == {*LETTERS, letter(9)} and len(rig.all_rows()) == 7


def test_they_can_be_given_up_without_losing_a_message(
    make_rig: RigMaker, refused: Rig, dovecot: Dovecot, user: str
) -> None:
    before = bodies(refused)
    assert refused.ask(DropChanges()) == 7
    assert refused.ask(DropChanges()) == 0 and pending(refused) == []
    assert bodies(refused) == before
    assert len(refused.rows()) == 5
    assert not any(row.flags & Flag.FLAGGED or row.tags for row in refused.rows())
    rig = online(make_rig, refused)
    for _ in range(3):
        rig.fetch()
    assert rig.fetch().problems == () and bodies(rig) == before
    with client(dovecot, user) as other:
        assert {"Old", "Gone"} <= {name for _, _, name in other.list_folders()}
        assert other.select_folder("INBOX", readonly=True)[b"EXISTS"] == 5
    with Reader(rig.paths.database) as reader:
        names = {one.name: one.local for one in reader.folders(rig.account.address)}
    assert names["Old"] is False and names["Gone"] is False and names["New"] is True


def test_one_of_them_alone(refused: Rig) -> None:
    first, second, *rest = [one.id for one in pending(refused)]
    assert refused.ask(RetryChanges((first,))) == 1
    assert refused.ask(DropChanges((first, second))) == 1
    assert [one.id for one in pending(refused)] == [first, *rest]
    assert [bool(one.error) for one in pending(refused)] == [False] + [True] * len(rest)


def test_what_was_done_before_a_restart_can_be_taken_back(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for raw in LETTERS:
        dovecot.deliver(user, raw)
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    rig = offline(make_rig, rig)
    first, second, *_ = [row.id for row in rig.rows()]
    rig.ask(Archive((first,)))
    rig.ask(SetFlags((second,), add=Flag.FLAGGED))
    rig = online(make_rig, rig)
    rig.fetch()
    rig = offline(make_rig, rig)
    for _ in range(2):
        assert rig.ask(Undo()).startswith("Taken back")
    rig = online(make_rig, rig)
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert len(rig.rows()) == 5 and rig.role(Role.ARCHIVE) == []
    with client(dovecot, user) as other:
        assert other.select_folder("INBOX", readonly=True)[b"EXISTS"] == 5
        assert other.search("FLAGGED") == []
