"""`!` from anywhere, and the one question that comes by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.ui.screens.conftest import ME, OTHER, Opened, Opening, account
from tui.config import settings
from tui.config.paths import Paths
from tui.model.account import Auth, Login, SecretSource
from tui.model.command import BeginSignIn, SaveAccount, SaveDraft, SignIn, StartDraft
from tui.model.draft import Draft
from tui.model.event import AccountStatus, Phase, StatusChanged
from tui.model.secret import Secret
from tui.model.sign_in import SignedIn
from tui.ui.screens.accounts import AccountsScreen
from tui.ui.screens.add_account import AddAccountScreen
from tui.ui.screens.compose import ComposeScreen
from tui.ui.screens.outbox import OutboxScreen
from tui.ui.screens.putting_right import sign_in_again
from tui.ui.screens.settings import SettingsScreen
from tui.ui.screens.sign_in import SignInScreen

CLIENT = "00000000-0000-4000-8000-000000000000"
MICROSOFT = account(provider="outlook", login=Login(ME, Auth.OAUTH2), client_id=CLIENT)


def stuck(program: Opened, phase: Phase = Phase.SIGN_IN) -> None:
    program.engine.statuses[ME] = AccountStatus(ME, phase, what="The sign-in has ended.", hint="Sign in.")


@pytest.mark.parametrize(
    ("screen", "key"),
    [
        (OutboxScreen, "exclamation_mark"),
        (AccountsScreen, "exclamation_mark"),
        (SettingsScreen, "f8"),
        (lambda desk: ComposeScreen(desk, Draft(ME)), "f8"),
    ],
    ids=["outbox", "accounts", "settings", "writing"],
)
async def test_one_signs_in_again_from_anywhere(opened: Opening, screen: Any, key: str) -> None:
    async with opened(screen, accounts=(MICROSOFT,)) as program:
        stuck(program)
        before = program.screen
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(ME, ME, True)
        program.engine.answers[SaveAccount] = lambda _: ""
        await program.pilot.press(key)
        await program.until(lambda: isinstance(program.screen, SignInScreen))
        await program.pilot.press(key)
        await program.pilot.pause()
        assert isinstance(program.screen, SignInScreen), "asked once"
        await program.pilot.press("enter")
        await program.until(lambda: program.screen is before)
        assert program.engine.of(SaveAccount) == [SaveAccount(MICROSOFT)]
        await program.until(lambda: f"Signed in to {ME}." in program.notes)


async def test_a_password_is_asked_for_where_there_is_one(opened: Opening) -> None:
    async with opened(OutboxScreen, accounts=(account(),)) as program:
        stuck(program)
        program.engine.answers[SignIn] = lambda _: ""
        await program.pilot.press("exclamation_mark")
        await program.until(lambda: "The sign-in has ended. Sign in." in program.words())
        assert "drafts and outbox stay" in program.words()
        await program.type("hunter2")
        await program.pilot.press("enter")
        await program.until(lambda: program.engine.of(SignIn) == [SignIn(ME, Secret("hunter2"), True)])


async def test_a_command_that_fails_leads_to_the_form(opened: Opening) -> None:
    login = Login(ME, Auth.OAUTH2, SecretSource.COMMAND, "mytoken")
    async with opened(OutboxScreen, accounts=(account(login=login),)) as program:
        stuck(program)
        await program.pilot.press("exclamation_mark")
        await program.until(lambda: "Change how to sign in" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, AddAccountScreen))
        assert "mytoken" in program.text()


async def test_another_trouble_is_told(opened: Opening) -> None:
    async with opened(OutboxScreen) as program:
        stuck(program, Phase.UNTRUSTED)
        await program.pilot.press("exclamation_mark")
        await program.until(lambda: "The sign-in has ended." in program.text())
        await program.pilot.press("escape")
        program.engine.statuses.clear()
        await program.pilot.press("exclamation_mark")
        await program.until(lambda: "Nothing needs to be put right." in program.notes)


async def test_what_the_last_fetch_left_is_told_and_why_an_account_is_offline(opened: Opening) -> None:
    async with opened(OutboxScreen) as program:
        problem = "1 message of Archive cannot be fetched: the server's answer is no mail protocol."
        program.engine.statuses[ME] = AccountStatus(ME, Phase.UP_TO_DATE, problems=(problem,))
        program.engine.statuses[OTHER] = AccountStatus(
            OTHER, Phase.OFFLINE, what="There is no route.", until=9e9
        )
        await program.pilot.press("exclamation_mark")
        await program.until(lambda: problem in program.words())
        assert "Nothing is lost" in program.words()
        await program.pilot.press("escape")
        program.engine.statuses[ME] = AccountStatus(ME, Phase.UP_TO_DATE)
        await program.pilot.press("exclamation_mark")
        await program.until(lambda: "There is no route." in program.text())


async def test_an_ended_sign_in_is_asked_about_once_and_only_over_the_mail(opened: Opening) -> None:
    async with opened(OutboxScreen, accounts=(MICROSOFT,)) as program:
        stuck(program)
        program.engine.speak(StatusChanged(ME))
        await program.pilot.pause()
        assert isinstance(program.screen, OutboxScreen)
        await program.pilot.press("escape")
        await program.pilot.pause()
        program.engine.speak(StatusChanged(ME))
        await program.until(lambda: f"{ME} needs you" in program.text())
        await program.pilot.press("escape")
        await program.until(lambda: "needs you" not in program.text())
        program.engine.speak(StatusChanged(ME))
        await program.pilot.pause()
        await program.pilot.pause()
        assert "needs you" not in program.text()
        program.engine.statuses[ME] = AccountStatus(ME, Phase.UP_TO_DATE)
        program.engine.speak(StatusChanged(ME))
        await program.pilot.pause()
        stuck(program)
        program.engine.speak(StatusChanged(ME))
        await program.until(lambda: "needs you" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, SignInScreen))


@pytest.mark.parametrize("phase", [Phase.UNTRUSTED, Phase.BROKEN])
async def test_why_an_account_stands_still_is_told_once(opened: Opening, phase: Phase) -> None:
    async with opened(OutboxScreen) as program:
        await program.pilot.press("escape")
        await program.pilot.pause()
        program.engine.statuses[ME] = AccountStatus(ME, phase, what="The disk is full: it cannot grow.")
        program.engine.speak(StatusChanged(ME))
        await program.until(lambda: "The disk is full: it cannot grow." in program.text())
        await program.pilot.press("escape")
        await program.until(lambda: "it cannot grow" not in program.text())
        program.engine.speak(StatusChanged(ME))
        await program.pilot.pause()
        await program.pilot.pause()
        assert "it cannot grow" not in program.text()


async def test_an_authority_that_is_none_is_named(opened: Opening) -> None:
    wrong = replace(MICROSOFT, authority="http://login.example.org")
    async with opened(OutboxScreen) as program:
        program.app.run_worker(sign_in_again(program.app, program.desk, wrong))
        await program.until(lambda: "has an authority that cannot be used" in program.words())


async def test_signing_in_keeps_what_waits(opened: Opening, home: Paths) -> None:
    async with opened(OutboxScreen, accounts=(MICROSOFT, account(OTHER))) as program:
        begun = await program.desk.ask(StartDraft(ME))
        draft = await program.desk.ask(SaveDraft(replace(begun, subject="Unfinished")))
        stuck(program)
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(ME, ME, True)
        await program.pilot.press("exclamation_mark")
        await program.until(lambda: isinstance(program.screen, SignInScreen))
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, OutboxScreen) or "keyring" in program.text())
        assert program.desk.reader.draft(draft.id) is not None
        assert settings.load(home.config_file).account(ME) is not None
