from __future__ import annotations

from typing import Any

import pytest

from tests.ui import attacks
from tests.ui.screens.conftest import ME, Opened, Opening, account
from tui.config import settings
from tui.config.paths import Paths
from tui.model.account import Protocol, Security, Server
from tui.model.command import Check, FindSettings, TestAccount
from tui.model.error import Offline
from tui.model.event import Checked
from tui.model.finding import Finding, Source
from tui.model.preset import by_name, guessed
from tui.model.secret import Secret
from tui.ui.screens.accounts import AccountsScreen
from tui.ui.screens.add_account import AddAccountScreen


async def filled(program: Opened, address: str) -> None:
    """Type an address and go on; the form has taken it, looks for its settings, or says what is wrong."""
    await program.type(address)
    await program.pilot.press("enter")
    signs = ("✗", "Looking for", "step 2 of 4", "step 3 of 4")
    await program.until(lambda: any(sign in program.text() for sign in signs))
    if "Looking for" in program.text() and FindSettings not in program.engine.held:
        await program.until(lambda: "Looking for" not in program.text())
    await program.pilot.pause()


async def tried(program: Opened, address: str, password: str) -> None:
    """Go through the form by what it found, and have receiving and sending tested."""
    await filled(program, address)
    await program.pilot.press("ctrl+n")
    await program.pilot.pause()
    await program.pilot.press("tab", "tab", "tab")
    await program.type(password)
    await program.pilot.press("enter")


async def session_only(program: Opened) -> None:
    """There is no keyring here: go on without one."""
    await program.until(lambda: "Keep for this session" in program.text())
    await program.pilot.press("enter")


def good(_: Any) -> list[Check]:
    return [Check("imap sign-in", True), Check("smtp sign-in", True)]


def bad(_: Any) -> list[Check]:
    return [Check("imap name", True, "192.0.2.1"), Check("imap sign-in", False, "NO \x1b]0;x\x07", "Fix it.")]


async def test_the_whole_way_to_a_new_account(opened: Opening, home: Paths) -> None:
    async with opened(AddAccountScreen, accounts=(account(),)) as program:
        program.engine.answers[TestAccount] = good
        await filled(program, "new@gmail.com")
        assert "imap.gmail.com" in program.text()
        assert "Mail stays on the server" in program.text()
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert "app password" in program.text()
        await program.pilot.press("tab", "tab", "tab")
        await program.type("hunter2")
        assert "hunter2" not in program.text()
        assert settings.load(home.config_file).account("new@gmail.com") is None
        await program.pilot.press("down")  # still in the field: nothing moves
        await program.pilot.press("enter")
        await program.until(lambda: "It works" in program.text())
        (tested,) = program.engine.of(TestAccount)
        assert tested.secret == Secret("hunter2")
        assert tested.account.imap == Server("imap.gmail.com", 993)
        assert tested.account.provider == "gmail"
        await session_only(program)
        await program.until(lambda: "is saved" in program.text())
        assert not program.answered, "one watches the mail come in"
        assert "Read your mail" in program.text()
        await program.pilot.press("enter")
        await program.until(lambda: program.answered == ["new@gmail.com"])
        saved = settings.load(home.config_file).account("new@gmail.com")
        assert saved is not None
        assert saved.login is not None
        assert saved.login.username == "new@gmail.com"
        assert "hunter2" not in home.config_file.read_text()


async def test_nothing_is_written_when_it_does_not_work_unless_one_insists(
    opened: Opening, home: Paths
) -> None:
    async with opened(AddAccountScreen, accounts=()) as program:
        if not isinstance(program.screen, AddAccountScreen):
            await program.pilot.press("escape")
        program.engine.answers[TestAccount] = bad
        await tried(program, "you@example.net", "x")
        await program.until(lambda: "Nothing has been saved" in program.text())
        assert "Fix it." in program.text()
        assert attacks.is_clean(program.text())
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert not program.answered
        assert not settings.load(home.config_file).accounts
        await program.pilot.click("#anyway")
        await session_only(program)
        await program.until(lambda: program.answered == ["you@example.net"])
        assert [one.address for one in settings.load(home.config_file).accounts] == ["you@example.net"]


async def test_sending_may_go_through_another_service(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        program.engine.answers[TestAccount] = good
        await filled(program, "new@gmail.com")
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        screen._servers._sender.value = "mailtrap-live"
        await program.until(lambda: "live.smtp.mailtrap.io" in program.text())
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        screen._login._login._secret.value = "one"
        screen._login._smtp_login._secret.value = "two"
        await program.pilot.press("ctrl+n")
        await program.until(lambda: program.engine.of(TestAccount))
        (tested,) = program.engine.of(TestAccount)
        assert (tested.secret, tested.smtp_secret) == (Secret("one"), Secret("two"))
        assert tested.account.smtp_login.username == "api"
        assert tested.account.smtp.host == "live.smtp.mailtrap.io"


async def test_an_account_may_only_send(opened: Opening) -> None:
    async with opened(lambda desk: AddAccountScreen(desk, provider="mailtrap-live")) as program:
        program.engine.answers[TestAccount] = good
        await tried(program, "robot@example.net", "token")
        await program.until(lambda: program.engine.of(TestAccount))
        (tested,) = program.engine.of(TestAccount)
        assert tested.account.incoming is Protocol.NONE
        assert tested.account.imap is None
        assert tested.account.login.username == "api"


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", ME])
async def test_an_address_that_cannot_be_is_named_at_once(opened: Opening, address: str) -> None:
    async with opened(AddAccountScreen) as program:
        await filled(program, address)
        assert "✗" in program.text()
        assert "step 1 of 4" in program.text()


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("", "993", "Type the name of the server."),
        ("no host", "993", "cannot be the name of a server"),
        ("993", "993", "cannot be the name of a server"),
        ("imap.example.1", "993", "cannot be the name of a server"),
        ("imap.example.net", "0", "a number from 1 to 65535"),
    ],
)
async def test_a_server_that_cannot_be_is_named(opened: Opening, host: str, port: str, words: str) -> None:
    async with opened(AddAccountScreen) as program:
        await filled(program, "you@example.net")
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        screen._servers._imap._host.value = host
        screen._servers._imap._port.value = port
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert words in program.words()
        assert "step 2 of 4" in program.text()


async def test_plain_connections_are_for_this_computer_only(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        await filled(program, "you@example.net")
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        screen._servers._imap._security.value = Security.PLAIN
        await program.pilot.pause()
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert "only servers on this computer" in program.words()
        screen._servers._imap._host.value = "127.0.0.1"
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert "step 3 of 4" in program.text()


async def test_back_is_always_possible_and_keeps_what_was_typed(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        program.engine.answers[TestAccount] = bad
        await filled(program, "you@example.net")
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        screen._servers._imap._host.value = "mail.example.net"
        await program.pilot.press("ctrl+n", "escape")
        await program.pilot.pause()
        assert "mail.example.net" in program.text()
        await program.pilot.press("escape")
        await program.pilot.pause()
        assert "you@example.net" in program.text()
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert "mail.example.net" in program.text()
        await program.pilot.press("escape", "escape")
        await program.until(lambda: program.answered == [""])


async def test_steps_appear_while_the_test_runs(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:

        def told(command: Any) -> list[Check]:
            check = Check("imap port", True, "192.0.2.1")
            program.engine.speak(Checked(command.account.address, check))
            raise Offline("No way to the server.", "Look at the network.")

        program.engine.answers[TestAccount] = told
        await tried(program, "you@example.net", "x")
        await program.until(lambda: "No way to the server." in program.text())
        await program.pilot.press("escape")
        await program.until(lambda: "Receiving (IMAP): reaching it" in program.text())


async def test_an_account_is_changed_and_its_kept_secret_left_alone(opened: Opening, home: Paths) -> None:
    async with opened(AccountsScreen) as program:
        program.engine.answers[TestAccount] = good
        await program.pilot.press("e")
        await program.until(lambda: f"Change {ME}" in program.text())
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        assert screen._servers._more is not None
        screen._servers._more._keep.value = "soon"
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "keep must be leave, delete" in program.words())
        screen._servers._more._keep.value = "14d"
        screen._servers._imap._host.value = "mail.example.org"
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert screen._login._login._secret.placeholder == "unchanged"
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "It works" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, AccountsScreen))
        saved = settings.load(home.config_file).account(ME)
        assert saved is not None
        assert saved.imap == Server("mail.example.org", 993)
        assert saved.keep.text == "14d"
        assert saved.pop3 == Server("pop.example.org", 995)


async def test_up_to_which_size_pop3_fetches_whole(opened: Opening, home: Paths) -> None:
    async with opened(AccountsScreen, accounts=(account(incoming=Protocol.POP3),)) as program:
        program.engine.answers[TestAccount] = good
        await program.pilot.press("e")
        await program.until(lambda: f"Change {ME}" in program.text())
        assert isinstance(program.screen, AddAccountScreen)
        more = program.screen._servers._more
        assert more is not None
        more._fetch_up_to.value = "half a megabyte"
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "Write a number of kilobytes" in program.words())
        more._fetch_up_to.value = "500"
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "It works" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, AccountsScreen))
        saved = settings.load(home.config_file).account(ME)
        assert saved is not None and saved.fetch_up_to == 500


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_the_form_fits_every_size(opened: Opening, size: tuple[int, int]) -> None:
    async with opened(AddAccountScreen, size=size) as program:
        assert "Mail address" in program.text()
        await filled(program, "you@example.net")
        await program.until(lambda: "(•) IMAP" in program.text())
        assert "Next" in program.text()


# What is found


CONTOSO = by_name("microsoft365")
assert CONTOSO is not None
BY_MX = Finding(CONTOSO, Source.MX, "by its mail exchanger contoso-com.mail.protection.outlook.com")
BY_PROVIDER = Finding(
    guessed("x@mail.contoso.example"), Source.PROVIDER, "by a document of contoso.example itself"
)
GUESSED = Finding(guessed("x@contoso.example"), Source.GUESS, "the usual names of servers")


async def test_it_says_what_is_looked_for_and_that_can_be_stopped(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        waiting = program.engine.later(FindSettings)
        await filled(program, "you@contoso.example")
        assert "Looking for the settings of contoso.example" in program.text()
        await program.pilot.press("enter", "escape")
        await program.pilot.pause()
        assert "Looking" not in program.text()
        assert "step 1 of 4" in program.text()
        waiting.set_result((GUESSED,))
        await program.pilot.pause()
        assert "step 1 of 4" in program.text(), "what comes after Esc changes nothing"
        program.engine.answers[FindSettings] = lambda _: (GUESSED,)
        await program.pilot.press("enter")
        await program.until(lambda: "step 2 of 4" in program.text())
        assert len(program.engine.of(FindSettings)) == 2


async def test_a_guess_is_called_a_guess_and_shows_its_servers(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        program.engine.answers[FindSettings] = lambda _: (GUESSED,)
        await filled(program, "you@contoso.example")
        await program.until(lambda: "step 2 of 4" in program.text())
        assert "? A guess: the usual names of servers." in program.words()
        assert "imap.contoso.example" in program.text()
        assert "993" in program.text()


async def test_what_somebody_said_is_folded_and_says_who(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        program.engine.answers[FindSettings] = lambda _: (BY_PROVIDER, GUESSED)
        await filled(program, "you@contoso.example")
        await program.until(lambda: "step 2 of 4" in program.text())
        assert "by a document of contoso.example itself" in program.words()
        assert "Receives from imap.mail.contoso.example:993 TLS" in program.words()
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        assert not screen._servers._imap.region, "folded"
        screen._servers._service.value = "found 1"
        await program.until(lambda: "A guess" in program.words())
        assert screen._servers._imap._host.value == "imap.contoso.example"
        screen._servers._service.value = "gmail"
        await program.until(lambda: "Gmail: as you chose." in program.words())


async def test_what_is_wrong_in_a_folded_server_is_unfolded(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        program.engine.answers[FindSettings] = lambda _: (BY_PROVIDER,)
        await filled(program, "you@contoso.example")
        await program.until(lambda: "step 2 of 4" in program.text())
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        screen._servers._imap._host.value = ""
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "Type the name of the server." in program.text())


async def test_the_other_protocol_is_kept_where_somebody_named_it(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        program.engine.answers[TestAccount] = good
        program.engine.answers[FindSettings] = lambda _: (BY_PROVIDER,)
        await filled(program, "you@contoso.example")
        await program.until(lambda: "step 2 of 4" in program.text())
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        await program.pilot.press("tab", "tab", "tab")
        await program.type("x")
        await program.pilot.press("enter")
        await program.until(lambda: program.engine.of(TestAccount))
        (tested,) = program.engine.of(TestAccount)
        assert tested.account.pop3 == Server("pop.mail.contoso.example", 995)


async def test_who_asked_for_microsoft_is_taken_at_their_word(opened: Opening) -> None:
    async with opened(lambda desk: AddAccountScreen(desk, provider="outlook")) as program:
        program.engine.answers[FindSettings] = lambda _: (GUESSED,)
        await filled(program, "you@contoso.example")
        await program.until(lambda: "Sign in at Microsoft" in program.text())
        assert "step 3 of 4" in program.text()


async def test_an_explanation_of_certificates_stands_below_their_field(opened: Opening) -> None:
    async with opened(AddAccountScreen, size=(100, 36)) as program:
        program.engine.answers[FindSettings] = lambda _: (GUESSED,)
        await filled(program, "you@contoso.example")
        await program.until(lambda: "CA file" in program.text())
        assert "the file (PEM) of the authority that signed its certificate" in program.words()
