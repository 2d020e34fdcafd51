from __future__ import annotations

from typing import Any

import pytest

from tests.ui import attacks
from tests.ui.screens.conftest import ME, OTHER, Opened, Opening, account
from tui.config import settings
from tui.config.paths import Paths
from tui.model.account import Protocol, Server
from tui.model.command import Check, RemoveAccount, SignIn, SwitchProtocol, TestAccount
from tui.model.error import Offline, Undecided
from tui.model.event import AccountStatus, Checked, Phase, StatusChanged
from tui.model.secret import Secret
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


# The form


async def filled(program: Opened, address: str) -> None:
    await program.type(address)
    await program.pilot.press("enter")
    await program.pilot.pause()


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
        assert settings.load(home.config_file).account("new@gmail.com") is None
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
        await filled(program, "you@example.net")
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        await program.pilot.press("tab", "tab", "tab")
        await program.type("x")
        await program.pilot.press("enter")
        await program.until(lambda: "Nothing has been saved" in program.text())
        assert "Fix it." in program.text()
        assert attacks.is_clean(program.text())
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert not program.answered
        assert not settings.load(home.config_file).accounts
        await program.pilot.click("#anyway")
        await program.until(lambda: program.answered == ["you@example.net"])
        assert [one.address for one in settings.load(home.config_file).accounts] == ["you@example.net"]


async def test_microsoft_is_told_of_honestly_and_asked_for_a_command(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        program.engine.answers[TestAccount] = good
        await program.type("new@outlook.com")
        assert "Microsoft takes no password here any more" in program.words()
        await program.pilot.press("enter")
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        assert "Ask a command of mine each time" in program.text()
        await program.pilot.press("enter")
        await program.pilot.pause()
        assert "Type the command that prints it." in program.text()
        await program.type("mytoken new")
        await program.pilot.press("enter")
        await program.until(lambda: program.engine.of(TestAccount))
        (tested,) = program.engine.of(TestAccount)
        assert tested.secret is None
        assert tested.account.login.command == "mytoken new"
        assert tested.account.login.auth.value == "oauth2"


async def test_sending_may_go_through_another_service(opened: Opening) -> None:
    async with opened(AddAccountScreen) as program:
        program.engine.answers[TestAccount] = good
        await filled(program, "new@gmail.com")
        screen = program.screen
        assert isinstance(screen, AddAccountScreen)
        screen._servers._sender.value = "mailtrap-live"
        await program.pilot.pause()
        assert "live.smtp.mailtrap.io" in program.text()
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        screen._sign_in._login._secret.value = "one"
        screen._sign_in._smtp_login._secret.value = "two"
        await program.pilot.press("ctrl+n")
        await program.until(lambda: program.engine.of(TestAccount))
        (tested,) = program.engine.of(TestAccount)
        assert (tested.secret, tested.smtp_secret) == (Secret("one"), Secret("two"))
        assert tested.account.smtp_login.username == "api"
        assert tested.account.smtp.host == "live.smtp.mailtrap.io"


async def test_an_account_may_only_send(opened: Opening) -> None:
    async with opened(lambda desk: AddAccountScreen(desk, provider="mailtrap-live")) as program:
        program.engine.answers[TestAccount] = good
        await filled(program, "robot@example.net")
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        await program.pilot.press("tab", "tab", "tab")
        await program.type("token")
        await program.pilot.press("enter")
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
    from tui.model.account import Security

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
        await filled(program, "you@example.net")
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        await program.pilot.press("tab", "tab", "tab")
        await program.type("x")
        await program.pilot.press("enter")
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
        assert screen._sign_in._login._secret.placeholder == "unchanged"
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "It works" in program.text())
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, AccountsScreen))
        saved = settings.load(home.config_file).account(ME)
        assert saved is not None
        assert saved.imap == Server("mail.example.org", 993)
        assert saved.keep.text == "14d"
        assert saved.pop3 == Server("pop.example.org", 995)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_the_form_fits_every_size(opened: Opening, size: tuple[int, int]) -> None:
    async with opened(AddAccountScreen, size=size) as program:
        assert "Mail address" in program.text()
        await filled(program, "you@example.net")
        assert "IMAP server" in program.text()
        assert "Next" in program.text()
