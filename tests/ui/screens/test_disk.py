"""The page of what is on this disk, on a real store."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.store.samples import FOLDERS, local, message, whole
from tests.ui.screens.conftest import ME, OTHER, Opened, Opening, account
from tui.config import settings
from tui.config.paths import Paths
from tui.model.account import Offline, Protocol
from tui.model.command import ConfirmGone, Fetch, SaveAccount, Summary
from tui.model.error import StoreBroken
from tui.model.event import AccountStatus, FoldersChanged, Phase, StatusChanged
from tui.model.message import Flag
from tui.store.reader import Holdings, Reader
from tui.store.writer import Writer
from tui.ui.desk import Desk
from tui.ui.screens.accounts import AccountsScreen
from tui.ui.screens.dialog import Notice
from tui.ui.screens.disk import DiskScreen
from tui.ui.screens.mail import MailScreen
from tui.ui.screens.settings import SettingsScreen


@pytest.fixture
def filled(home: Paths) -> Paths:
    """A store with mail: whole, by its header only, imported, removed from the server, vanished, refused."""
    with Writer(home.database) as writer, Reader(home.database) as reader:
        writer.account(ME, Protocol.IMAP)
        writer.folders(ME, FOLDERS)
        inbox = reader.folder_named(ME, "INBOX")
        assert inbox is not None
        messages = [*(whole(n, size=500_000) for n in range(1, 9)), message(9, size=2_000_000)]
        ids = writer.added(inbox.id, messages)
        writer.append(writer.local_folder(ME, "Old mail"), [local(20)])
        writer.gone(ids[:2])
        writer.hold_gone(inbox.id, ids[2:5])
        writer.set_flags(ids[5:7], add=Flag.SEEN)
        writer.pending_failed([reader.pending(ME)[0].id], "NO over quota")
    return home


def make(desk: Desk) -> DiskScreen:
    return DiskScreen(desk, ME)


def online(program: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(program.engine), "offline", False)


async def test_the_page_tells_of_every_folder_and_of_what_is_only_here(
    filled: Paths, opened: Opening
) -> None:
    async with opened(make, size=(120, 36)) as program:
        await program.until(lambda: "MB are free on this disk" in program.text())
        await program.until(lambda: "being measured" not in program.text())
        text = program.words()
        assert f"On this disk · {ME}" in text
        assert "10 messages, 9 here whole: 4.0 MB. 1 message is here with the header only (2.0 MB" in text
        assert "Inbox 7 4 6 1 3 3.0" in text
        assert "1 message in folders of this computer" in text
        assert (
            "2 messages in the wastebasket “Removed from server”: the first goes for good in 30 days" in text
        )
        assert "1 change still to be told to the server" in text
        assert "▲ 1 change that the server refused" in text
        assert "▲ 3 messages vanished from Inbox on the server at once" in text
        assert str(filled.database) in text


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_it_can_be_used_on_small_screens(filled: Paths, opened: Opening, size: tuple[int, int]) -> None:
    async with opened(make, size=size) as program:
        await program.until(lambda: "Only here" in program.text())
        await program.pilot.press("end")
        await program.until(lambda: "MB are free on this disk" in program.text())
        await program.pilot.press("home", "j", "k")
        await program.until(lambda: "10 messages, 9 here whole" in program.text())


async def test_it_is_counted_again_while_mail_comes_in(filled: Paths, opened: Opening) -> None:
    async with opened(make, size=(120, 36)) as program:
        await program.until(lambda: "10 messages, 9 here whole" in program.text())
        program.engine.statuses[ME] = AccountStatus(ME, Phase.FETCHING, 3, 8)
        with Writer(filled.database) as writer, Reader(filled.database) as reader:
            inbox = reader.folder_named(ME, "INBOX")
            assert inbox is not None
            writer.added(inbox.id, [whole(30)])
        for event in (FoldersChanged(ME), StatusChanged(ME), FoldersChanged(ME)):
            program.engine.speak(event)
        await program.until(lambda: "11 messages, 10 here whole" in program.text())


async def test_a_store_that_cannot_be_read_is_told_of(
    filled: Paths, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Reader, account: str) -> None:
        raise StoreBroken("The mail store cannot be read.", "Run outlook-tui doctor.")

    monkeypatch.setattr(Reader, "holdings", broken)
    async with opened(make) as program:
        await program.until(lambda: isinstance(program.screen, Notice))
        assert "Run outlook-tui doctor" in program.words()


async def test_it_can_be_left_while_it_counts(
    filled: Paths, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    count = Reader.holdings

    def slow(self: Reader, account: str) -> Holdings:
        begun.set()
        go_on.wait(10)
        return count(self, account)

    monkeypatch.setattr(Reader, "holdings", slow)
    async with opened(make) as program:
        await program.until(begun.is_set)
        assert "Counting…" in program.text()
        await program.pilot.press("escape")
        await program.until(lambda: isinstance(program.screen, MailScreen))
        go_on.set()
        await program.pilot.press("g", "h")
        await program.until(lambda: "10 messages, 9 here whole" in program.text())


async def test_one_account_after_the_other_also_one_that_was_removed(filled: Paths, opened: Opening) -> None:
    with Writer(filled.database) as writer:
        writer.account("gone@example.org", Protocol.NONE)
    async with opened(make) as program:
        for address in (OTHER, "gone@example.org", ME):
            await program.pilot.press("n")
            await program.until(lambda address=address: f"On this disk · {address}" in program.text())
        await program.pilot.press("p")
        await program.until(lambda: "On this disk · gone@example.org" in program.text())
        await program.until(lambda: "No mail of this account is on this computer yet" in program.text())
        await program.pilot.press("f")
        await program.pilot.pause()
        assert isinstance(program.screen, DiskScreen)


async def test_everything_is_fetched_on_a_word(
    filled: Paths, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = account(offline=Offline("90d"), fetch_up_to=500)
    async with opened(make, accounts=(mine,)) as program:
        await program.until(lambda: "9 here whole" in program.text())
        await program.pilot.press("f")
        await program.until(lambda: "working offline" in program.notes)
        online(program, monkeypatch)
        program.engine.answers[SaveAccount] = lambda command: ""
        program.engine.answers[Fetch] = lambda command: (Summary(ME),)
        await program.pilot.press("f")
        await program.until(lambda: "1 message is here with the header only: 2.0 MB" in program.words())
        await program.pilot.press("escape", "f")
        await program.until(lambda: "Fetch everything?" in program.text())
        assert not program.engine.of(SaveAccount)
        await program.pilot.press("f")
        await program.until(lambda: "What was missing is here" in program.notes)
        (saved,) = program.engine.of(SaveAccount)
        assert (saved.account.offline, saved.account.fetch_up_to) == (Offline("all"), 0)
        assert program.engine.of(Fetch) == [Fetch(ME)]


async def test_a_full_disk_is_warned_of_and_problems_are_told(
    filled: Paths, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.holdings._free", lambda path: 1_000_000)
    async with opened(make) as program:
        online(program, monkeypatch)
        program.engine.answers[Fetch] = lambda command: (Summary(ME, problems=("1 message was withheld.",)),)
        await program.until(lambda: "1.0 MB are free" in program.text() or "9 here" in program.text())
        await program.pilot.press("f")
        await program.until(lambda: "▲ Only 1.0 MB are free on this disk" in program.words())
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, DiskScreen))
        assert not program.engine.of(Fetch)
        await program.pilot.press("f")
        await program.until(lambda: "Fetch everything?" in program.text())
        await program.pilot.press("f")
        await program.until(lambda: "1 message was withheld" in program.notes)


async def test_what_was_refused_and_what_waits_is_listed(filled: Paths, opened: Opening) -> None:
    async with opened(make, size=(120, 36)) as program:
        await program.pilot.press("r")
        await program.until(lambda: "Changes for the server" in program.text())
        assert "Mark in INBOX: Invoice 6" in program.text()
        assert "▲ NO over quota" in program.text()
        assert "Mark in INBOX: Invoice 7  waits to be told" in program.text()
        await program.pilot.press("down", "enter")
        await program.until(lambda: "The server is told of this by itself" in program.words())
        await program.pilot.press("escape")
        await program.pilot.press("r")
        await program.until(lambda: "Changes for the server" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: "What now?" in program.text())
        await program.pilot.press("g")
        await program.until(lambda: "1 change given up" in program.notes)
        await program.until(lambda: "that the server refused" not in program.text())


async def test_what_vanished_is_decided_on(filled: Paths, opened: Opening) -> None:
    async with opened(make, size=(120, 36)) as program:
        await program.until(lambda: "vanished from Inbox" in program.text())
        await program.pilot.press("d")
        await program.until(lambda: "Many messages are gone from the server" in program.text())
        await program.pilot.press("k")
        await program.until(lambda: "3 messages kept on this computer" in program.notes)
        (told,) = program.engine.of(ConfirmGone)
        assert not told.remove
        await program.until(lambda: "vanished from Inbox" not in program.text())
        await program.pilot.press("d")
        await program.until(lambda: "Nothing waits for a decision" in program.notes)


async def test_the_wastebasket_is_a_key_away(filled: Paths, opened: Opening) -> None:
    async with opened(make, size=(120, 36)) as program:
        await program.until(lambda: "wastebasket" in program.text())
        await program.pilot.press("w")
        await program.until(lambda: isinstance(program.screen, MailScreen))
        await program.until(lambda: "Removed from server" in program.text() and "Invoice 2" in program.text())


async def test_exporting_is_a_command_to_copy(filled: Paths, opened: Opening) -> None:
    async with opened(make) as program:
        await program.pilot.press("x")
        await program.until(lambda: "outlook-tui export mail-you@example.org" in program.words())
        await program.pilot.press("c")
        await program.until(lambda: "The command is copied" in program.notes)
        assert program.app.clipboard == (
            "outlook-tui export mail-you@example.org --format maildir --account you@example.org"
        )


WAYS: list[tuple[Callable[[Desk], object], tuple[str, ...]]] = [
    (AccountsScreen, ("o",)),
    (SettingsScreen, ("d", "i", "s", "k", "tab", "enter")),
]


@pytest.mark.parametrize(("screen", "keys"), WAYS)
async def test_the_ways_to_it(filled: Paths, opened: Opening, screen: type, keys: tuple[str, ...]) -> None:
    async with opened(screen) as program:
        await program.pilot.press(*keys)
        await program.until(lambda: f"On this disk · {ME}" in program.text())
        await program.pilot.press("escape")
        await program.until(lambda: isinstance(program.screen, screen))


async def test_from_the_mail_it_shows_the_account_of_the_folder(filled: Paths, opened: Opening) -> None:
    async with opened(make, accounts=(account(OTHER), account())) as program:
        await program.pilot.press("escape")
        await program.until(lambda: isinstance(program.screen, MailScreen))
        await program.pilot.press("g", "h")
        await program.until(lambda: f"On this disk · {ME}" in program.text())
        await program.pilot.press("n")
        await program.until(lambda: f"On this disk · {OTHER}" in program.text())
        await program.until(lambda: "No mail of this account is on this computer yet" in program.text())
        await program.pilot.press("w")
        await program.until(lambda: "The wastebasket is empty" in program.notes)


async def test_without_an_account_the_way_on_is_named(home: Paths, opened: Opening) -> None:
    async with opened(make, accounts=()) as program:
        await program.until(lambda: "No account yet" in program.text())
        await program.pilot.press("f", "x", "d")
        await program.pilot.pause()
        assert isinstance(program.screen, DiskScreen)
    assert settings.load(home.config_file).accounts == ()
