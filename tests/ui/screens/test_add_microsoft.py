"""The form for accounts that are approved in the browser: type the address, approve, read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.widgets import Input

from tests.ui.screens.conftest import Opened, Opening
from tui.config import settings
from tui.config.paths import Paths
from tui.model.account import Auth, Protocol
from tui.model.command import BeginSignIn, CancelSignIn, Check, SaveAccount, TestAccount
from tui.model.event import AccountStatus, Phase, StatusChanged
from tui.model.sign_in import SignedIn
from tui.ui.screens.add_account import AddAccountScreen

NEW = "new@outlook.com"
CLIENT = "00000000-0000-4000-8000-000000000000"


def good(_: Any) -> list[Check]:
    return [Check("imap sign-in", True), Check("smtp sign-in", True)]


def bad(_: Any) -> list[Check]:
    return [Check("imap sign-in", False, "NO", "Fix it.")]


@asynccontextmanager
async def asked(opened: Opening, home: Paths, answer: Any, client_id: str = CLIENT) -> AsyncIterator[Opened]:
    """The form after a Microsoft address was typed, which ends on the page to sign in."""
    settings.set_value(home.config_file, "client_id", client_id)
    async with opened(AddAccountScreen) as program:
        program.engine.answers[TestAccount] = answer
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(NEW, NEW, True)
        await program.type(NEW)
        await program.pilot.press("enter")
        await program.until(lambda: "Sign in at Microsoft" in program.text())
        yield program


async def test_type_the_address_approve_and_it_is_done(opened: Opening, home: Paths) -> None:
    async with asked(opened, home, good) as program:
        assert f"Outlook.com · IMAP · {NEW}" in program.text()
        assert settings.load(home.config_file).account(NEW) is None
        await program.pilot.press("enter")
        await program.until(lambda: f"It works, and {NEW} is saved." in program.text())
        program.engine.statuses[NEW] = AccountStatus(NEW, Phase.FETCHING, done=3, total=90)
        program.engine.speak(StatusChanged(NEW))
        await program.until(lambda: "Fetching 3 of 90" in program.text())
        saved = settings.load(home.config_file).account(NEW)
        assert saved is not None
        assert saved.login is not None
        assert (saved.login.auth, saved.provider) == (Auth.OAUTH2, "outlook")
        assert saved.pop3 is not None, "so that one can switch"
        await program.pilot.press("enter")
        await program.until(lambda: program.answered == [NEW])
        assert not program.engine.of(CancelSignIn)


async def test_what_was_found_can_be_changed(opened: Opening, home: Paths) -> None:
    async with asked(opened, home, good) as program:
        await program.pilot.press("escape")
        await program.until(lambda: "step 2 of 4" in program.text())
        assert "Outlook.com: known by its domain." in program.words()
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        screen._servers._incoming.value = Protocol.POP3
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "step 3 of 4" in program.text())
        assert "You sign in at Microsoft in the next step" in program.words()
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "read and delete your mail, by POP3" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: "is saved" in program.text())
        (begun,) = program.engine.of(BeginSignIn)
        assert begun.account.incoming is Protocol.POP3


async def test_a_token_from_a_command_needs_no_approval(opened: Opening, home: Paths) -> None:
    async with asked(opened, home, bad) as program:
        await program.pilot.press("escape", "ctrl+n")
        await program.until(lambda: "step 3 of 4" in program.text())
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        screen._login.use_command()
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "Type the command that prints it." in program.text())
        await program.type("mytoken new")
        await program.pilot.press("enter")
        await program.until(lambda: program.engine.of(TestAccount))
        (tested,) = program.engine.of(TestAccount)
        assert tested.secret is None
        assert tested.account.login.command == "mytoken new"
        assert tested.account.login.auth is Auth.OAUTH2
        assert not program.engine.of(BeginSignIn)


async def test_an_approval_that_is_not_used_is_forgotten(opened: Opening, home: Paths) -> None:
    async with asked(opened, home, bad) as program:
        await program.pilot.press("enter")
        await program.until(lambda: "Nothing has been saved" in program.text())
        assert "Sign in again" in program.text()
        await program.pilot.press("escape", "ctrl+n")
        await program.until(lambda: len(program.engine.of(TestAccount)) == 2)
        assert len(program.engine.of(BeginSignIn)) == 1, "approved already"
        await program.pilot.press(*["escape"] * 4)
        await program.until(lambda: program.answered == [""])
        assert program.engine.of(CancelSignIn) == [CancelSignIn(NEW)]


async def test_signing_in_again_after_a_test_that_failed_tests_again(opened: Opening, home: Paths) -> None:
    async with asked(opened, home, bad) as program:
        await program.pilot.press("enter")
        await program.until(lambda: "Nothing has been saved" in program.text())
        program.engine.answers[TestAccount] = good
        await program.pilot.click("#approve")
        await program.until(lambda: "Sign in at Microsoft" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: "is saved" in program.text())


async def test_a_keyring_that_does_not_keep_leaves_three_choices(opened: Opening, home: Paths) -> None:
    async with asked(opened, home, good) as program:
        program.engine.answers[SaveAccount] = lambda _: "There is no keyring here."
        await program.pilot.press("enter")
        await program.until(lambda: "There is no keyring here." in program.text())
        await program.pilot.press("down", "enter")
        await program.until(lambda: len(program.engine.of(SaveAccount)) == 2)
        await program.until(lambda: "There is no keyring here." in program.text())
        await program.pilot.press("down", "down", "enter")
        await program.until(lambda: "Ask a command of mine each time" in program.text())
        assert "step 3 of 4" in program.text()


async def test_a_client_id_and_a_name_that_came_on_the_way_stay(opened: Opening, home: Paths) -> None:
    async with asked(opened, home, bad, client_id="") as program:
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(NEW, "first@outlook.com", False)
        await program.pilot.pause()
        program.screen.query_one("#client-id", Input).value = CLIENT
        await program.pilot.press("enter")
        await program.until(lambda: "will ask you to let" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: "Signed in as somebody else" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: "Nothing has been saved" in program.text())
        await program.pilot.press("escape", "ctrl+n")
        await program.until(lambda: len(program.engine.of(TestAccount)) == 2)
        assert len(program.engine.of(BeginSignIn)) == 1
        account = program.engine.of(TestAccount)[-1].account
        assert (account.address, account.login.username) == (NEW, "first@outlook.com")
        assert account.client_id == CLIENT
