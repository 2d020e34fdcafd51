from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.ui import attacks
from tests.ui.conftest import AppOf, MemoryApp
from tests.ui.memory import ME, row
from tui.model import command as c
from tui.model.error import Offline, Refused
from tui.model.event import AccountStatus, Asked, BodyArrived, MessagesChanged, NewMail, Phase, Problem
from tui.model.message import Address, BodyState, Flag
from tui.ui.screens.compose import ComposeScreen
from tui.ui.screens.dialog import Ask, PromptSecret
from tui.ui.screens.pick import Pick
from tui.ui.screens.source import SourceScreen

SIZE = (120, 36)


def shown(app: App[Any]) -> str:
    """What the whole screen shows."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def notes(app: MemoryApp) -> list[str]:
    """The passing notes that are on the screen."""
    return [one.message for one in app._notifications]


def opens(into: list[str]) -> Callable[[str], bool]:
    """In place of the desktop: only keeps what it was asked to open."""

    def keep(address: str) -> bool:
        into.append(address)
        return True

    return keep


async def until(pilot: Pilot[Any], true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something workers and timers bring about."""
    for _ in range(int(seconds / 0.02)):
        await pilot.pause()
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come")


async def test_the_mail_is_on_the_screen_and_only_then_the_engine_starts(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    async with app.run_test(size=SIZE) as pilot:
        assert "Message 1" in shown(app)
        await until(pilot, lambda: "Words of the body." in shown(app))
        assert app.engine.started
        assert "Up to date" in app.mail.status.text
    assert app.engine.closed


@pytest.mark.parametrize(("size", "panes"), [((120, 36), 3), ((80, 24), 2), ((60, 15), 1), ((400, 90), 3)])
async def test_panes_by_width(app_of: AppOf, size: tuple[int, int], panes: int) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=size) as pilot:
        assert len(app.mail.shown_panes) == panes
        await pilot.press("tab", "tab", "shift+tab")
        assert app.mail.focused in app.mail.shown_panes


async def test_a_window_too_small_gets_a_kind_sentence(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=(50, 12)) as pilot:
        assert "A little more room, please: 60×15" in shown(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Message 1" in shown(app)


async def test_panes_are_resized_by_keys_and_mouse_and_remembered(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        before = app.mail.now.list
        await pilot.press("greater_than_sign")
        assert app.mail.now.list == before + 2
        folders = app.mail.now.folders
        await pilot.mouse_down("#divider-folders", offset=(0, 5))
        await pilot.hover(app.screen, offset=(folders + 4, 5))
        await pilot.mouse_up(app.screen, offset=(folders + 4, 5))
        await pilot.pause()
        assert app.mail.now.folders == folders + 4
    assert (app.desk.paths.state / "screen.json").exists()


async def test_opening_in_one_pane_and_back(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "Words of the body." in shown(app))
        await pilot.press("J")
        await until(pilot, lambda: "2 of 2" in shown(app))
        await pilot.press("q")
        assert app.mail.focused is app.mail.listing
        assert app.mail.listing.current == 2
        await pilot.press("tab")
        assert app.focused is app.mail.folder_tree
        await pilot.press("escape")
        assert app.mail.focused is app.mail.listing


async def test_an_opened_message_counts_as_read(app_of: AppOf) -> None:
    app = app_of([row(1, flags=Flag(0))], mark_read_after=0)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: c.SetFlags((1,), add=Flag.SEEN) in app.engine.posted)
        await until(pilot, lambda: "1 unread" not in shown(app))


async def test_a_message_without_body_is_fetched_and_shown(app_of: AppOf) -> None:
    app = app_of([row(1, body=BodyState.HEADERS), row(2)])
    app.engine.bodies[1] = b"Subject: x\r\n\r\nIt has come.\r\n"
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "It has come." in shown(app))
        assert c.FetchBody(1) in app.engine.posted


async def test_a_body_that_cannot_be_fetched_says_why(app_of: AppOf) -> None:
    app = app_of([row(1, body=BodyState.HEADERS)])
    app.engine.fails[c.FetchBody] = Offline("The server cannot be reached.", "It is tried again.")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "The server cannot be reached. It is tried again." in shown(app))


async def test_a_body_that_arrives_by_itself_is_shown(app_of: AppOf) -> None:
    app = app_of([row(1, body=BodyState.HEADERS)])
    app.engine.offline = True
    async with app.run_test(size=SIZE) as pilot:
        app.engine.offline = True
        app.mail.read(1)
        await until(pilot, lambda: "Only the header is on this computer" in shown(app))
        app.engine.reader.raws[1] = b"\r\nIt has come.\r\n"
        app.engine.reader.held[1] = row(1)
        app.engine.say(BodyArrived(1))
        await until(pilot, lambda: "It has come." in shown(app))


async def test_a_message_nobody_can_parse_ends_nothing(
    app_of: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_raw: bytes) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("tui.mail.message.parse", fail)
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "This message is built in a way" in shown(app))


async def test_acting_on_messages_and_undo(app_of: AppOf) -> None:
    app = app_of([row(number) for number in range(1, 6)])
    async with app.run_test(size=SIZE) as pilot:
        listing = app.mail.listing
        await pilot.press("e")
        await until(pilot, lambda: list(listing.ids) == [2, 3, 4, 5])
        assert listing.current == 2
        assert "Archived 1 message · U undoes" in app.mail.status.text
        await pilot.press("U")
        await until(pilot, lambda: list(listing.ids) == [1, 2, 3, 4, 5])
        await pilot.press("x", "x")
        assert "2 messages selected" in shown(app)
        await pilot.press("d")
        await until(pilot, lambda: len(listing.ids) == 3)
        assert app.engine.posted[-1] == c.Delete((2, 3))
        await pilot.press("s")
        await until(pilot, lambda: "⚑" in shown(app))
        await pilot.press("s")
        await until(pilot, lambda: "⚑" not in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: "1 unread" in shown(app))


async def test_deleting_for_good_asks(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.mail)
        assert not any(isinstance(one, c.Delete) for one in app.engine.posted)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("d")
        await until(pilot, lambda: c.Delete((1,), forever=True) in app.engine.posted)
        await until(pilot, lambda: "Nothing here." in shown(app))


async def test_moving_to_a_folder_found_by_typing(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        await pilot.press(*"harb", "enter")
        await until(pilot, lambda: c.Move((1,), "Projects/Harbour") in app.engine.posted)
        await until(pilot, lambda: list(app.mail.listing.ids) == [2])


async def test_copying_leaves_the_message_where_it_is(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        assert "Copy 1 message to" in shown(app)
        await pilot.press(*"harb", "enter")
        await until(pilot, lambda: c.Copy((1,), "Projects/Harbour") in app.engine.posted)
        await until(pilot, lambda: "Copied 1 message to Projects/Harbour" in app.mail.status.text)
        assert list(app.mail.listing.ids) == [1, 2]
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.mail)
        assert len([one for one in app.engine.posted if isinstance(one, c.Copy)]) == 1


async def test_a_refusal_is_told(app_of: AppOf) -> None:
    app = app_of([row(1)])
    app.engine.fails[c.Archive] = Refused("There is no [archive] folder.", "Make one: m.")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: "There is no [archive] folder. Make one: m." in notes(app))
        await until(pilot, lambda: "[archive]" in shown(app))


async def test_folders_by_keys(app_of: AppOf) -> None:
    app = app_of([row(1), row(2, folder_id=3, folder="Sent Items")])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("g")
        assert "s Sent" in app.mail.status.text
        await pilot.press("s")
        assert app.mail.place.title == "Sent"
        await pilot.pause()
        assert f"To {ME}" in shown(app)
        await pilot.press("2")
        assert app.mail.place.title == "Drafts"
        await pilot.press("g", "i")
        assert list(app.mail.listing.ids) == [1]
        await pilot.press("g", "escape", "x")
        assert app.mail.listing.selected == {1}


async def test_search_as_you_type_and_back(app_of: AppOf) -> None:
    app = app_of([row(1), row(2, subject="Lamps"), row(3, subject="A lamp", folder_id=4, folder="Archive")])
    async with app.run_test(size=SIZE) as pilot:
        listing = app.mail.listing
        await pilot.press("j", "slash", *"lamp")
        await until(pilot, lambda: sorted(listing.ids) == [2, 3])
        await until(pilot, lambda: "2 found" in shown(app))
        assert "Archive · A lamp" in shown(app)
        await pilot.press("enter", "e")
        assert app.engine.posted[-1] == c.Archive((2,))
        await pilot.press("slash", *"xyz")
        await until(pilot, lambda: "Nothing found." in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: not app.mail.searching)
        assert app.mail.place.title == "Inbox"
        assert app.mail.focused is listing


async def test_sort_filter_and_threads(app_of: AppOf) -> None:
    rows = [
        row(1, size=10, thread=9),
        row(2, size=500, flags=Flag.SEEN | Flag.FLAGGED, thread=9),
        row(3, size=100, flags=Flag(0)),
    ]
    app = app_of(rows)
    async with app.run_test(size=SIZE) as pilot:
        listing = app.mail.listing
        await pilot.press("O", "O", "O")
        assert list(listing.ids) == [2, 3, 1]
        await pilot.press("O", "L")
        assert list(listing.ids) == [3]
        assert "Unread only" in shown(app)
        await pilot.press("L", "L")
        assert "Nothing here is with an attachment." in shown(app)
        await pilot.press("L", "T")
        assert list(listing.ids) == [1, 3]
        await pilot.press("home", "t")
        assert list(listing.ids) == [1, 2, 3]
        await pilot.pause()
        assert "└ Billing" in shown(app)
        await pilot.press("j", "t")
        assert list(listing.ids) == [1, 3]
        await pilot.press("n")
        assert listing.current == 3


async def test_a_refresh_keeps_cursor_and_selection(app_of: AppOf) -> None:
    app = app_of([row(number) for number in range(10, 60)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "x", "j")
        current, held = app.mail.listing.current, app.engine.reader.held
        held[1] = row(1)
        app.engine.say(MessagesChanged(ME, 1))
        await until(pilot, lambda: 1 in app.mail.listing.ids)
        assert app.mail.listing.current == current
        assert app.mail.listing.selected == {11}


async def test_writing_and_answering(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        assert c.StartDraft(ME) in app.engine.posted
        app.pop_screen()
        await pilot.pause()
        await pilot.press("R")
        await until(pilot, lambda: c.StartDraft(ME, "reply-all", 1) in app.engine.posted)


async def test_source_and_headers(app_of: AppOf) -> None:
    app = app_of([row(1)])
    app.engine.reader.raws[1] = b"X-Odd: \x1b]0;x\x07\r\nSubject: x\r\n\r\nBody.\r\n"
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Body." in shown(app))
        await pilot.press("h")
        await until(pilot, lambda: "X-Odd: " in shown(app))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, SourceScreen))
        await pilot.pause()
        assert "X-Odd: ␛]0;x␇" in shown(app)
        assert attacks.is_clean(shown(app))
        await pilot.press("j", "end", "q")
        await until(pilot, lambda: app.screen is app.mail)


async def test_a_link_is_opened_only_after_asking(app_of: AppOf, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("tui.ui.screens.mail_parts.open_outside", opens(opened))
    app = app_of([row(1)])
    app.engine.reader.raws[1] = (
        b"Content-Type: text/html\r\n\r\n<a href='https://real.example/x'>https://bank.example</a>"
    )
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "https://bank.example[1]" in shown(app))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        assert "https://real.example/x" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.pause()
        assert "https://real.example/x" in shown(app)
        assert opened == []
        await pilot.press("o")
        await until(pilot, lambda: opened == ["https://real.example/x"])


async def test_attachments_are_saved_and_programs_never_opened(
    app_of: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_of([row(1)])
    folder = app.desk.paths.data / "downloads"
    monkeypatch.setattr("tui.ui.screens.mail_parts.downloads", lambda: folder)
    app.engine.reader.raws[1] = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello.\r\n--b\r\n"
        b'Content-Disposition: attachment; filename="../x.pdf.exe"\r\n\r\nMZ\r\n--b--\r\n'
    )
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Hello." in shown(app))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.pause()
        assert "only saved" in " ".join(shown(app).split())
        await pilot.press("o")
        assert isinstance(app.screen, Ask)
        await pilot.press("s")
        await until(pilot, lambda: "Saved" in app.mail.status.text)
    assert [path.parent == folder for path in folder.iterdir()] == [True]


async def test_what_is_wrong_with_an_account_can_be_put_right(app_of: AppOf) -> None:
    app = app_of([row(1)])
    app.engine.states[ME] = AccountStatus(ME, Phase.SIGN_IN, what="The password was not accepted.")
    async with app.run_test(size=SIZE) as pilot:
        assert "Sign in again (press !)" in app.mail.status.text
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: isinstance(app.screen, PromptSecret))
        await pilot.press(*"pw", "enter")
        await until(pilot, lambda: any(isinstance(one, c.SignIn) for one in app.engine.posted))


async def test_long_work_is_stopped_by_escape(app_of: AppOf) -> None:
    app = app_of([row(1)])
    app.engine.states[ME] = AccountStatus(ME, Phase.FETCHING, done=3, total=90)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("escape")
        assert app.engine.posted[-1] == c.Stop()


async def test_fetching_and_offline(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "2 new messages." in app.mail.status.text)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.engine.offline)
        await until(pilot, lambda: "offline" in app.mail.status.text)


async def test_leaving_asks_and_quits(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("b", "q")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
    assert app.engine.closed


async def test_events_that_ask_or_tell(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.engine.say(NewMail(ME, 1, 3))
        await until(pilot, lambda: "3 new messages." in app.mail.status.text)
        app.engine.say(Problem(ME, "The disk is [/] full.", "Make room."))
        await until(pilot, lambda: "The disk is [/] full. Make room." in notes(app))
        app.engine.say(Asked(ME, 1, 400))
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("k")
        await until(pilot, lambda: c.ConfirmGone(1, False) in app.engine.posted)


async def test_an_empty_mailbox_says_what_to_do(app_of: AppOf) -> None:
    app = app_of([])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "enter", "d", "e", "s", "r", "x", "f", "a", "v", "z", "t", "n", "J", "m")
        await pilot.pause()
        assert "c writes a new message." in shown(app)


async def test_nothing_a_mail_says_reaches_the_terminal_or_runs(app_of: AppOf) -> None:
    strings = attacks.MARKUP + attacks.ESCAPES
    rows = []
    for number, string in enumerate(strings, 1):
        person = Address(string, f"{string}@evil.example")
        rows.append(row(number, subject=string, sender=(person,), to=(person,), cc=(person,), snippet=string))
    app = app_of(rows)
    reader, every = app.engine.reader, " ".join(strings)
    shared = reader.kept_folders[7]
    named = [replace(shared, id=20 + number, name=string) for number, string in enumerate(strings)]
    reader.kept_folders = (*reader.kept_folders[:7], *named)
    for number, string in enumerate(strings, 1):
        body = f"Start {string} end".encode("utf-8", "replace")
        reader.raws[number] = b"From: x@y.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body
    app.engine.states[ME] = AccountStatus(ME, Phase.BROKEN, what=every, hint=every, detail=every)
    app.engine.fails[c.Archive] = Refused(every, every, detail=every)
    ran: list[str] = []
    app.action_pwn = lambda: ran.append("pwn")  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 45), notifications=True) as pilot:
        for number in range(1, len(strings) + 1):
            await until(pilot, lambda id=number: app.mail.pane.message_id == id and "Start" in shown(app))  # type: ignore[misc]
            assert attacks.is_clean(shown(app))
            await pilot.press("J")
        for x, y in ((35, 2), (35, 5), (75, 1), (75, 3), (75, 4)):
            await pilot.click(offset=(x, y))
        await pilot.press("1", "e")
        await until(pilot, lambda: bool(notes(app)))
        await pilot.pause()
        assert attacks.is_clean(shown(app))
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        await pilot.pause()
        assert attacks.is_clean(shown(app))
        await pilot.press("escape", "exclamation_mark", "d")
        await pilot.pause()
        assert attacks.is_clean(shown(app))
    assert ran == []
    assert not any(isinstance(one, c.Delete) for one in app.engine.posted)
