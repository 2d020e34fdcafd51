"""The mail screen as a whole: its start and end, accounts, events, and what hostile mail can do to it."""

from __future__ import annotations

from dataclasses import replace

from tests.ui import attacks
from tests.ui.conftest import AppOf
from tests.ui.eyes import notes, shown, until
from tests.ui.memory import ME, row
from tui.model import command as c
from tui.model.error import Refused
from tui.model.event import AccountStatus, Asked, NewMail, Phase, Problem
from tui.model.message import Address
from tui.ui.screens.compose import ComposeScreen
from tui.ui.screens.dialog import Ask, PromptSecret
from tui.ui.screens.pick import Pick

SIZE = (120, 36)


async def test_the_mail_is_on_the_screen_and_only_then_the_engine_starts(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    async with app.run_test(size=SIZE) as pilot:
        assert "Message 1" in shown(app)
        await until(pilot, lambda: "Words of the body." in shown(app))
        assert app.engine.started
        assert "Up to date" in app.mail.status.text
    assert app.engine.closed


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


async def test_what_a_fetch_could_not_do_is_told(app_of: AppOf) -> None:
    app = app_of([row(1)])
    app.engine.problems = ("1 message of [b]INBOX[/b] is withheld.",)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "1 message of [b]INBOX[/b] is withheld." in notes(app))


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
