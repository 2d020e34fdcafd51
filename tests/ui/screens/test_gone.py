"""The question what becomes of many messages that vanished at once: once, at the right moment."""

from __future__ import annotations

from tests.ui.conftest import AppOf
from tests.ui.eyes import until, words
from tests.ui.memory import ME, row
from tui.model import command as c
from tui.model.event import Asked
from tui.ui.screens.dialog import Ask
from tui.ui.screens.mail import MailScreen
from tui.ui.screens.settings import SettingsScreen

SIZE = (120, 36)
QUESTION = "400 messages vanished from"


async def test_it_is_asked_once_however_often_it_is_told(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(3):
            app.engine.say(Asked(ME, 1, 400))
        await until(pilot, lambda: QUESTION in words(app))
        assert len(app.screen_stack) == 2
        await pilot.press("r")
        await until(pilot, lambda: c.ConfirmGone(1, True) in app.engine.posted)
        await until(pilot, lambda: "400 messages removed here, too" in app.mail.status.text)
        assert isinstance(app.screen, MailScreen)


async def test_later_means_not_before_more_have_vanished(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        app.engine.say(Asked(ME, 1, 400))
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MailScreen))
        app.engine.say(Asked(ME, 1, 400))
        await pilot.pause(0.2)
        assert isinstance(app.screen, MailScreen)
        app.engine.say(Asked(ME, 1, 401))
        await until(pilot, lambda: "401 messages vanished" in words(app))
        assert not any(isinstance(one, c.ConfirmGone) for one in app.engine.posted)


async def test_whoever_is_elsewhere_is_asked_afterwards(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("comma")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        app.engine.say(Asked(ME, 1, 400))
        app.engine.say(Asked(ME, 2, 50))
        await pilot.pause(0.2)
        assert isinstance(app.screen, SettingsScreen)
        await pilot.press("escape")
        await until(pilot, lambda: QUESTION in words(app))
        await pilot.press("k")
        await until(pilot, lambda: "50 messages vanished" in words(app))
        await pilot.press("r")
        await until(pilot, lambda: c.ConfirmGone(2, True) in app.engine.posted)
        assert c.ConfirmGone(1, False) in app.engine.posted
