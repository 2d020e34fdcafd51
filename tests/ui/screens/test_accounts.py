from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from tests.ui.screens.conftest import ME, OTHER, Opening, account
from tui.config import settings
from tui.config.paths import Paths
from tui.model.account import Auth, Login, Protocol
from tui.model.command import (
    BeginSignIn,
    Check,
    RemoveAccount,
    SaveAccount,
    SignIn,
    SwitchProtocol,
    TestAccount,
)
from tui.model.error import Undecided
from tui.model.event import AccountStatus, Phase, StatusChanged
from tui.model.secret import Secret
from tui.model.sign_in import SignedIn
from tui.ui.screens.accounts import AccountsScreen
from tui.ui.screens.add_account import AddAccountScreen


async def test_each_account_shows_what_it_does_and_how(opened: Opening) -> None:
    accounts = (
        account(),
        account(OTHER, incoming=Protocol.POP3),
        account("send@example.org", incoming=Protocol.NONE),
    )
    async with opened(AccountsScreen, accounts=accounts) as program:
        program.engine.statuses[ME] = AccountStatus(ME, Phase.SIGN_IN, what="The password was refused.")
        program.engine.speak(StatusChanged(ME))
        await program.until(lambda: "Sign in again" in program.text())
        text = program.text()
        assert "The password was refused." in text
        assert "IMAP imap.example.org · sends through smtp.example.org" in text
        assert "POP3 pop.example.org" in text
        assert "Only sends, through smtp.example.org" in text


async def test_without_accounts_the_way_on_is_named(opened: Opening) -> None:
    async with opened(AccountsScreen, accounts=()) as program:
        if not isinstance(program.screen, AccountsScreen):
            await program.pilot.press("escape")
        assert "Press a to add one" in program.text()
        await program.pilot.press("a")
        await program.until(lambda: isinstance(program.screen, AddAccountScreen))


async def test_switching_says_what_happens_and_does_it_on_a_word(opened: Opening, home: Paths) -> None:
    async with opened(AccountsScreen) as program:
        await program.pilot.press("p")
        await program.until(lambda: "Receive by POP3?" in program.text())
        assert "no message is fetched twice" in program.words()
        await program.pilot.press("escape")
        await program.pilot.pause()
        assert not program.engine.of(SwitchProtocol)
        await program.pilot.press("p")
        await program.until(lambda: "Receive by POP3?" in program.text())
        await program.pilot.press("s")
        await program.until(lambda: "receives by POP3 now" in program.notes)
        switched = settings.load(home.config_file).account(ME)
        assert switched is not None
        assert switched.incoming is Protocol.POP3
        await program.until(lambda: "POP3 pop.example.org" in program.text())


async def test_what_is_not_settled_is_asked_about(opened: Opening) -> None:
    def undecided(command: Any) -> None:
        if not command.force:
            raise Undecided("3 changes have not been told to the server.", "Go online and try again.")

    async with opened(AccountsScreen) as program:
        program.engine.answers[SwitchProtocol] = undecided
        await program.pilot.press("p")
        await program.until(lambda: "Receive by POP3?" in program.text())
        await program.pilot.press("s")
        await program.until(lambda: "3 changes have not been told" in program.words())
        await program.pilot.press("enter")
        await program.pilot.pause()
        assert [one.force for one in program.engine.of(SwitchProtocol)] == [False]
        await program.pilot.press("p")
        await program.until(lambda: "Receive by POP3?" in program.text())
        await program.pilot.press("s")
        await program.until(lambda: "Not everything is settled" in program.text())
        await program.pilot.press("f")
        await program.until(lambda: [one.force for one in program.engine.of(SwitchProtocol)][-1])


async def test_a_protocol_without_a_server_leads_to_the_form(opened: Opening) -> None:
    async with opened(AccountsScreen, accounts=(account(pop3=None),)) as program:
        await program.pilot.press("p")
        await program.until(lambda: "No POP3 server is known" in program.text())


@pytest.mark.parametrize(("key", "keep"), [("keep", True), ("all", False)])
async def test_removing_asks_about_the_mail(opened: Opening, home: Paths, key: str, keep: bool) -> None:
    async with opened(AccountsScreen) as program:
        await program.pilot.press("d")
        await program.until(lambda: f"Remove {ME}?" in program.text())
        await program.pilot.press("enter")
        await program.pilot.pause()
        assert not program.engine.of(RemoveAccount)
        await program.pilot.press("d")
        await program.until(lambda: f"Remove {ME}?" in program.text())
        await program.pilot.press(*(["down"] if keep else ["down", "down"]), "enter")
        await program.until(lambda: "is removed" in program.notes)
        assert program.engine.of(RemoveAccount) == [RemoveAccount(ME, keep)]
        assert settings.load(home.config_file).account(ME) is None
        await program.until(lambda: ME not in program.text())


async def test_signing_in_again_takes_a_secret_and_shows_it_nowhere(opened: Opening) -> None:
    async with opened(AccountsScreen) as program:
        program.engine.answers[SignIn] = lambda _: ""
        await program.pilot.press("s")
        await program.until(lambda: "Keep it in this computer" in program.text())
        await program.type("hunter2")
        assert "hunter2" not in program.text()
        await program.pilot.press("enter")
        await program.until(lambda: program.engine.of(SignIn))
        assert program.engine.of(SignIn) == [SignIn(ME, Secret("hunter2"), True)]


async def test_a_test_shows_every_step(opened: Opening) -> None:
    checks = [
        Check("imap sign-in", True, "", seconds=0.2),
        Check("smtp sign-in", False, "535 no", "Do that."),
    ]
    async with opened(AccountsScreen) as program:
        program.engine.answers[TestAccount] = lambda _: checks
        await program.pilot.press("t")
        await program.until(lambda: "Not everything works." in program.text())
        assert "✓ Receiving (IMAP): signing in" in program.text()
        assert "✗ Sending: signing in" in program.text()
        assert "Do that." in program.text()
        await program.pilot.press("q")
        await program.until(lambda: isinstance(program.screen, AccountsScreen))


MICROSOFT = account(
    provider="outlook",
    login=Login(ME, Auth.OAUTH2),
    client_id="00000000-0000-4000-8000-000000000000",
)


async def test_another_protocol_is_approved_before_it_is_switched(opened: Opening) -> None:
    async with opened(AccountsScreen, accounts=(MICROSOFT,)) as program:
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(ME, ME, True)
        program.engine.answers[SwitchProtocol] = lambda _: None
        program.engine.answers[SaveAccount] = lambda _: ""
        await program.pilot.press("p", "s")
        await program.until(lambda: "read and delete your mail, by POP3" in program.text())
        await program.pilot.press("escape")
        await program.until(lambda: isinstance(program.screen, AccountsScreen))
        assert not program.engine.of(SwitchProtocol)
        await program.pilot.press("p", "s")
        await program.until(lambda: "read and delete your mail, by POP3" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: program.engine.of(SaveAccount))
        assert program.engine.of(SwitchProtocol) == [SwitchProtocol(ME, Protocol.POP3)]
        assert program.engine.of(SaveAccount) == [SaveAccount(replace(MICROSOFT, incoming=Protocol.POP3))]


async def test_how_an_account_fares_is_said_and_wrapped_below_its_address(opened: Opening) -> None:
    async with opened(AccountsScreen, accounts=(MICROSOFT,)) as program:
        now = time.time()
        program.engine.statuses[ME] = AccountStatus(
            ME, Phase.UP_TO_DATE, since=now, fetched=now, token_until=now + 60, pushed=True
        )
        program.engine.speak(StatusChanged(ME))
        await program.until(lambda: "the server tells of new mail at once" in program.words())
        assert "renewed by itself" in program.words()
        lines = [line for line in program.text().splitlines() if "tells of" in line or "renewed" in line]
        assert all(line.startswith("   ") for line in lines)


@pytest.mark.parametrize("keys", [("j",), ("down",), ("j", "j", "k")])
async def test_j_and_k_move_in_the_list(opened: Opening, keys: tuple[str, ...]) -> None:
    third = account("third@example.org")
    async with opened(AccountsScreen, accounts=(account(), account(OTHER), third)) as program:
        await program.pilot.press(*keys, "d")
        await program.until(lambda: f"Remove {OTHER}?" in program.text())
