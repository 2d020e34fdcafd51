"""Folders made, renamed and deleted on both sides: no message lost, none fetched twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.rig import Rig, RigMaker, account_on, bodies, offline, online
from tests.servers.dovecot import PLAIN_IMAP, WITHOUT_MOVE, Dovecot
from tests.servers.imap_client import client
from tests.sync.letters_in import letter
from tui.model.account import Account, Protocol
from tui.model.command import Archive, Move, SetFlags
from tui.model.error import BadInput, MailError, NotFound, Refused
from tui.model.folder import Role
from tui.model.folder_command import CreateFolder, DeleteFolder, RenameFolder
from tui.model.message import Flag
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.filing import checked_name
from tui.sync.writing import as_new_message

LOCAL = Account("you@localhost.example", incoming=Protocol.NONE)
SERVERS = ["", WITHOUT_MOVE, PLAIN_IMAP]


def names(rig: Rig) -> set[str]:
    with Reader(rig.paths.database) as reader:
        return {one.name for one in reader.folders(rig.account.address)}


def local_names(rig: Rig) -> set[str]:
    with Reader(rig.paths.database) as reader:
        return {one.name for one in reader.folders(rig.account.address) if one.local}


def there(dovecot: Dovecot, user: str) -> set[str]:
    with client(dovecot, user) as other:
        return {name for _, _, name in other.list_folders()}


def create(rig: Rig, name: str) -> None:
    rig.ask(CreateFolder(rig.account.address, name))


def rename(rig: Rig, name: str, new: str) -> None:
    rig.ask(RenameFolder(rig.account.address, name, new))


def delete(rig: Rig, name: str) -> int:
    return int(rig.ask(DeleteFolder(rig.account.address, name)))


def store_locally(rig: Rig, folder: str, *numbers: int) -> None:
    with Writer(rig.paths.database) as writer:
        number = writer.local_folder(rig.account.address, folder)
        writer.added(number, [as_new_message(letter(one), Flag.SEEN) for one in numbers])


# On this computer


def test_folders_of_this_computer(make_rig: RigMaker) -> None:
    rig = make_rig(LOCAL)
    create(rig, "Projects/2026")
    store_locally(rig, "Projects/2026", 1, 2)
    store_locally(rig, "Projects", 3)
    rename(rig, "Projects", "Work")
    assert {"Work", "Work/2026"} <= names(rig) and "Projects" not in names(rig)
    assert len(rig.rows("Work/2026")) == 2
    assert delete(rig, "Work") == 3
    assert not any(name.startswith("Work") for name in names(rig))
    assert bodies(rig) == Counter(letter(one) for one in (1, 2, 3))
    assert len(rig.role(Role.TRASH)) == 3


def test_a_folder_that_is_there_only_by_those_inside_it(make_rig: RigMaker) -> None:
    rig = make_rig(LOCAL)
    for number, name in enumerate(("Plans/2025", "Plans/2026", "Plans/2026/May"), 1):
        store_locally(rig, name, number)
    create(rig, "Work/2026")
    with pytest.raises(Refused):
        rename(rig, "Plans", "Work")
    assert "Plans/2025" in names(rig), "nothing is done by halves"
    rename(rig, "Plans", "Old/Plans")
    assert {"Old/Plans/2025", "Old/Plans/2026", "Old/Plans/2026/May"} <= names(rig)
    assert not any(name.startswith("Plans") for name in names(rig))
    assert delete(rig, "Old") == 3
    assert bodies(rig) == Counter(letter(one) for one in (1, 2, 3))


@pytest.mark.dovecot
@pytest.mark.parametrize("away", [False, True])
def test_a_servers_folder_that_is_there_only_by_those_inside_it(
    make_rig: RigMaker, dovecot: Dovecot, user: str, away: bool
) -> None:
    dovecot.deliver(user, letter(1), "Plans/2026")
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    if away:
        rig = offline(make_rig, rig)
    rename(rig, "Plans", "Work")
    if away:
        rig = online(make_rig, rig)
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert "Work/2026" in there(dovecot, user) & names(rig)
    assert not {"Plans", "Plans/2026"} & (there(dovecot, user) | names(rig))
    assert [rig.raw(row.id) for row in rig.rows("Work/2026")] == [letter(1)]
    assert delete(rig, "Work") == 1
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert not {"Work", "Work/2026"} & (there(dovecot, user) | names(rig))
    assert [rig.raw(row.id) for row in rig.role(Role.TRASH)] == [letter(1)]


def test_what_must_stay(make_rig: RigMaker) -> None:
    rig = make_rig(LOCAL)
    store_locally(rig, "INBOX", 1)
    create(rig, "Projects")
    with Writer(rig.paths.database) as writer:
        writer.local_folder(LOCAL.address, "Removed from server")
        writer.local_folder(LOCAL.address, "Trash", Role.TRASH)
    for name in ("INBOX", "inbox", "Removed from server", "Trash"):
        with pytest.raises(Refused):
            delete(rig, name)
    for name in ("INBOX", "Removed from server"):
        with pytest.raises(Refused):
            rename(rig, name, "Elsewhere")
    with pytest.raises(BadInput):
        rename(rig, "Projects", "Projects/2026")
    for name in ("Projects", "projects", "inbox"):
        with pytest.raises(MailError):
            create(rig, name)
    rename(rig, "Projects", "projects")
    with pytest.raises(NotFound):
        delete(rig, "Projects")
    assert len(rig.all_rows()) == 1


@pytest.mark.parametrize(
    "name",
    ["", " ", "..", "a/..", "/a", "a/", "a//b", ".", "two\nlines", "\x1b[31m", "a\u202eb", "a" * 5_000],
)
def test_names_that_cannot_be_used(name: str) -> None:
    with pytest.raises(BadInput):
        checked_name(name)


@pytest.mark.parametrize("name", ["Projects", "Projects/2026", "Entwürfe", "v1.2", "R&D", "a b", "日本"])
def test_names_that_can(name: str) -> None:
    assert checked_name(f" {name} ") == name


# On a server


@pytest.mark.dovecot
@pytest.mark.parametrize("capability", SERVERS)
@pytest.mark.parametrize("away", [False, True])
def test_all_that_is_done_here_is_done_there(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str, away: bool
) -> None:
    dovecot = dovecot_with(capability)
    for number in range(4):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    if away:
        rig = offline(make_rig, rig)
    create(rig, "Plans/2026")
    first, second, *_ = (row.id for row in rig.rows())
    rig.ask(Move((first, second), "Plans/2026"))
    rename(rig, "Plans/2026", "Work/Old plans")
    create(rig, "Plans/2026")
    create(rig, "Vain")
    rename(rig, "Vain", "In vain")
    delete(rig, "In vain")
    if away:
        rig = online(make_rig, rig)
    for _ in range(3):
        rig.fetch()
    summary = rig.fetch()
    assert (summary.problems, summary.new) == ((), 0)
    assert {"Work/Old plans", "Plans/2026"} <= there(dovecot, user)
    assert not {"Vain", "In vain"} & (there(dovecot, user) | names(rig))
    assert len(rig.rows("Work/Old plans")) == 2 and len(rig.rows()) == 2
    assert bodies(rig) == Counter(letter(number) for number in range(4))
    with Reader(rig.paths.database) as reader:
        assert [one for one in reader.pending() if one.kind != "expunge"] == []
    with client(dovecot, user) as other:
        assert "Work/Old plans" in {name for _, _, name in other.list_sub_folders()}


@pytest.mark.dovecot
@pytest.mark.parametrize("capability", SERVERS)
def test_a_deleted_folder_leaves_its_mail_in_deleted_even_what_arrived_unseen(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str
) -> None:
    dovecot = dovecot_with(capability)
    for name in ("Old", "Old/Older"):
        dovecot.folder(user, name)
    dovecot.deliver(user, letter(0), "Old")
    dovecot.deliver(user, letter(1), "Old/Older")
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    rig = offline(make_rig, rig)
    dovecot.deliver(user, letter(2), "Old")
    dovecot.deliver(user, letter(3), "Old/Older")
    assert delete(rig, "Old") == 2
    assert not any(name.startswith("Old") for name in names(rig))
    rig = online(make_rig, rig)
    for _ in range(3):
        assert rig.fetch().problems == ()
    assert not any(name.startswith("Old") for name in there(dovecot, user) | names(rig))
    assert bodies(rig) == Counter(letter(number) for number in range(4))
    with client(dovecot, user) as other:
        other.select_folder("Trash", readonly=True)
        found = other.fetch(other.search("UNDELETED"), ["BODY.PEEK[]"])
    assert Counter(one[b"BODY[]"] for one in found.values()) == bodies(rig)


@pytest.mark.dovecot
def test_a_folder_deleted_and_wanted_again(make_rig: RigMaker, dovecot: Dovecot, user: str) -> None:
    dovecot.folder(user, "Old")
    dovecot.deliver(user, letter(0), "Old")
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    rig = offline(make_rig, rig)
    delete(rig, "Old")
    create(rig, "Old")
    rig = online(make_rig, rig)
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert "Old" in there(dovecot, user) & names(rig)
    assert bodies(rig) == Counter([letter(0)])


@pytest.mark.dovecot
def test_a_folder_renamed_before_the_cut_is_not_renamed_again(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for name in ("Old", "Older"):
        dovecot.folder(user, name)
        dovecot.deliver(user, letter(len(name)), name)
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    rig = offline(make_rig, rig)
    rename(rig, "Old", "New")
    delete(rig, "Older")
    create(rig, "Made")
    rig.engine.close()
    with Reader(rig.paths.database) as reader, Writer(rig.paths.database) as writer:
        for one in reader.pending():
            if one.kind in ("rename", "remove", "create"):
                writer.pending_tried(one.id)
    with client(dovecot, user) as other:
        other.rename_folder("Old", "New")
        other.create_folder("Made")
        other.select_folder("Older")
        other.move(other.search(), "Trash")
        other.delete_folder("Older")
    rig = make_rig(rig.account)
    rig.fetch()
    rig.fetch()
    assert not local_names(rig) - {"Removed from server"}
    assert {"New", "Made"} <= there(dovecot, user) & names(rig)
    assert bodies(rig) == Counter([letter(3), letter(5)])


@pytest.mark.dovecot
def test_a_refusal_is_kept_and_the_rest_goes_on(make_rig: RigMaker, dovecot: Dovecot, user: str) -> None:
    dovecot.folder(user, "Old")
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    rig = offline(make_rig, rig)
    rename(rig, "Old", "New")
    create(rig, "Made")
    with client(dovecot, user) as other:
        other.create_folder("New")
    rig = online(make_rig, rig)
    summary = rig.fetch()
    assert summary.exit_code == 76 and "refused" in summary.problems[0]
    assert "Made" in there(dovecot, user)
    with Reader(rig.paths.database) as reader:
        (kept,) = reader.pending()
    assert kept.kind == "rename" and kept.error


@pytest.mark.dovecot
@pytest.mark.parametrize("capability", SERVERS)
def test_a_folder_renamed_by_another_program_is_not_fetched_again(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str
) -> None:
    dovecot = dovecot_with(capability)
    for number, name in enumerate(("Old", "Old/Sub", "Old/Sub/Deep")):
        dovecot.folder(user, name)
        dovecot.deliver(user, letter(number), name)
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    before = {row.id for row in rig.all_rows()}
    rig = offline(make_rig, rig)
    rig.ask(SetFlags(tuple(before), add=Flag.FLAGGED))
    rig.ask(Archive((rig.rows("Old/Sub")[0].id,)))
    with client(dovecot, user) as other:
        other.rename_folder("Old", "New")
    rig = online(make_rig, rig)
    rig.fetch()
    assert rig.fetch().new == 0
    assert {row.id for row in rig.all_rows()} == before
    assert {"New", "New/Sub", "New/Sub/Deep"} <= names(rig) and "Old" not in names(rig)
    assert local_names(rig) <= {"Removed from server"}
    with client(dovecot, user) as other:
        other.select_folder("New", readonly=True)
        assert len(other.search("FLAGGED")) == 1


@pytest.mark.dovecot
def test_a_renamed_folder_with_new_numbers_is_known_by_its_messages(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    """As some servers do: another UIDVALIDITY and other UIDs under the new name."""
    dovecot.folder(user, "Old")
    for number in range(3):
        dovecot.deliver(user, letter(number), "Old")
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    before = {row.id for row in rig.all_rows()}
    with client(dovecot, user) as other:
        other.create_folder("New")
        other.append("New", letter(9))
        other.select_folder("Old")
        other.copy(other.search(), "New")
        other.unselect_folder()
        other.delete_folder("Old")
    summary = rig.fetch()
    assert (summary.problems, summary.new) == ((), 1)
    assert before < {row.id for row in rig.rows("New")}
    assert "Old" not in names(rig)


@pytest.mark.dovecot
def test_a_folder_deleted_by_another_program_keeps_its_mail_here(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for name in ("Old", "Empty"):
        dovecot.folder(user, name)
    dovecot.deliver(user, letter(1), "Old")
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    with client(dovecot, user) as other:
        other.delete_folder("Old")
        other.delete_folder("Empty")
    assert rig.fetch().problems == ("Old is gone from the server; its messages stay on this computer.",)
    assert rig.fetch().problems == ()
    assert bodies(rig) == Counter([letter(1)])
    assert local_names(rig) == {"Old"} and "Empty" not in names(rig)


@pytest.fixture(scope="module")
def below_inbox() -> Iterator[Dovecot]:
    """A server on which one's own folders stand below `INBOX.`, as Courier's and many of Cyrus."""
    dovecot = Dovecot(prefix="INBOX.")
    dovecot.start()
    yield dovecot
    dovecot.remove()


@pytest.mark.dovecot
@pytest.mark.parametrize("name", ["Projects/2026", "INBOX/Projects/2026"])
def test_new_folders_go_where_the_server_wants_them(
    make_rig: RigMaker, below_inbox: Dovecot, user: str, name: str
) -> None:
    below_inbox.deliver(user, letter(1))
    rig = make_rig(account_on(below_inbox, user))
    rig.fetch()
    create(rig, name)
    rig.ask(Move((rig.rows()[0].id,), name))
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert "INBOX.Projects.2026" in there(below_inbox, user)
    assert len(rig.rows("INBOX/Projects/2026")) == 1
    rename(rig, "INBOX/Projects/2026", "Old/2026")
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert "INBOX.Old.2026" in there(below_inbox, user)
    assert [rig.raw(row.id) for row in rig.rows("INBOX/Old/2026")] == [letter(1)]
    assert bodies(rig) == Counter([letter(1)])
    delete(rig, "INBOX/Old/2026")
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert "INBOX.Old.2026" not in there(below_inbox, user)
    assert [rig.raw(row.id) for row in rig.role(Role.TRASH)] == [letter(1)]
