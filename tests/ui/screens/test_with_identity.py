"""Type the address, approve, read: the whole program against a real identity service and a real Dovecot.

The test is the person and their browser. Only three things are not as in life: the service stands on
loopback, what is found for the address is given, and so is the file of the authority that signed for both.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from tests.servers.dovecot import Dovecot
from tests.servers.identity import IdentityServer
from tests.sync.letters_in import letter
from tests.sync.signing_in import kept_token
from tests.ui.screens.conftest import Opened
from tui.config import desktop, paths, settings
from tui.config.secrets import Secrets
from tui.model import issuer
from tui.model.account import Auth
from tui.model.event import Phase
from tui.model.finding import Finding, Source
from tui.model.preset import by_name, guessed
from tui.model.sign_in import Way
from tui.sync.engine import Engine
from tui.ui.app import OutlookApp
from tui.ui.screens.add_account import AddAccountScreen
from tui.ui.screens.mail import MailScreen
from tui.ui.screens.sign_in import SignInScreen
from tui.ui.widgets.account_fields import LoginFields, ServerField

pytestmark = [pytest.mark.dovecot, pytest.mark.usefixtures("narrow_keyring")]

WAIT = 20.0
Start = Callable[[Way], None]


@pytest.fixture
def address(identity: IdentityServer, user: str) -> str:
    """A mailbox that nobody else uses, and whose owner approves."""
    identity.user = f"{user}@example.org"
    return identity.user


@pytest.fixture
def here(
    identity: IdentityServer, oauth_dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch, address: str
) -> Start:
    """Make Microsoft 365 stand on this computer; the argument is the way of signing in that suits it."""
    known = by_name("microsoft365")
    assert known is not None
    preset = replace(
        known,
        imap=oauth_dovecot.server("imaps"),
        pop3=oauth_dovecot.server("pop3s"),
        smtp=oauth_dovecot.server("submission"),
    )
    found = (Finding(preset, Source.MX, "by its mail exchanger example-org.mail.protection.outlook.com"),)
    microsoft, *others = issuer.ISSUERS

    def start(way: Way) -> None:
        monkeypatch.setattr("tui.sync.engine.find_settings", lambda *_: found)
        monkeypatch.setattr(issuer, "ISSUERS", (replace(microsoft, authority=identity.base), *others))
        monkeypatch.setattr(desktop, "way_here", lambda _: way)
        monkeypatch.setattr(desktop, "open_url", identity.open)

    return start


@asynccontextmanager
async def program_of(home: Path, identity: IdentityServer) -> AsyncIterator[Opened]:
    """The program, at first without an account, with the client id in its settings."""
    places = paths.find(str(home))
    general = settings.set_value(places.config_file, "client_id", identity.client_id)
    app = OutlookApp(Engine(places, general, Secrets(), watch=True), places, general)
    async with app.run_test(size=(100, 32)) as pilot:
        await pilot.pause()
        if not general.accounts:
            await pilot.press("escape")  # the welcome
        yield Opened(pilot, app, app.desk.engine, [])  # type: ignore[arg-type]


async def typed(program: Opened, address: str, identity: IdentityServer) -> None:
    """Type the address, and come to the page that explains what will be asked for."""
    form = AddAccountScreen(program.desk)
    program.app.push_screen(form, program.answered.append)
    await program.pilot.pause()
    form._servers._ca_file.value = str(identity.certs.ca)
    await program.type(address)
    await program.pilot.press("enter")
    await program.until(lambda: f"Microsoft 365 · IMAP · {address}" in program.text(), WAIT)


async def test_type_the_address_approve_read_and_sign_in_again(
    identity: IdentityServer, oauth_dovecot: Dovecot, here: Start, address: str, tmp_path: Path
) -> None:
    here(Way.BROWSER)
    oauth_dovecot.deliver(address, letter(1, "Welcome to the harbour"))
    async with program_of(tmp_path / "home", identity) as program:
        await typed(program, address, identity)
        await program.pilot.press("enter")
        await program.until(lambda: f"It works, and {address} is saved." in program.text(), WAIT)
        assert "✓ Receiving (IMAP): the folders" in program.text()
        assert "✓ Sending: signing in" in program.text()
        await program.until(lambda: "Up to date" in program.text(), WAIT)
        await program.pilot.press("enter")
        await program.until(lambda: program.answered == [address])
        await program.until(lambda: "Welcome to the harbour" in program.text(), WAIT)
        token = kept_token(program.desk.settings.accounts[0])
        assert identity.is_good(token)
        for secret in identity.secrets():
            assert secret not in program.app.export_screenshot()
            assert secret not in program.desk.paths.config_file.read_text()

    identity.revoke()
    async with program_of(tmp_path / "home", identity) as program:
        status = program.desk.engine.status
        await program.until(lambda: status(address).phase is Phase.SIGN_IN, WAIT)
        await program.until(lambda: f"{address} needs you" in program.text(), WAIT)
        await program.pilot.press("escape")
        await program.until(lambda: isinstance(program.screen, MailScreen))
        assert "Welcome to the harbour" in program.text()
        await program.pilot.press("exclamation_mark")
        await program.until(lambda: isinstance(program.screen, SignInScreen))
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, MailScreen), WAIT)
        await program.until(lambda: status(address).phase is Phase.UP_TO_DATE, WAIT)
        assert kept_token(program.desk.settings.accounts[0]) != token


async def test_a_code_is_approved_elsewhere(
    identity: IdentityServer, oauth_dovecot: Dovecot, here: Start, address: str, tmp_path: Path
) -> None:
    here(Way.DEVICE)
    identity.pending.append("authorization_pending")
    async with program_of(tmp_path / "home", identity) as program:
        await typed(program, address, identity)
        await program.pilot.press("enter")
        await program.until(lambda: "type this code" in program.text(), WAIT)
        assert "the code is good for" in program.text()
        await program.until(lambda: f"It works, and {address} is saved." in program.text(), WAIT)


async def test_an_address_is_pasted(
    identity: IdentityServer, oauth_dovecot: Dovecot, here: Start, address: str, tmp_path: Path
) -> None:
    here(Way.PASTE)
    async with program_of(tmp_path / "home", identity) as program:
        await typed(program, address, identity)
        await program.pilot.press("enter")
        await program.until(lambda: "cannot be loaded" in program.text(), WAIT)
        await program.pilot.press("y")
        url = program.app.clipboard
        program.app.post_message(events.Paste("http://localhost/?error=nothing"))
        await program.until(lambda: "✗" in program.text(), WAIT)
        program.app.post_message(events.Paste(identity.where_it_ends(url)))
        await program.until(lambda: f"It works, and {address} is saved." in program.text(), WAIT)


async def test_somebody_else_approves_and_then_declines(
    identity: IdentityServer, oauth_dovecot: Dovecot, here: Start, address: str, tmp_path: Path
) -> None:
    here(Way.BROWSER)
    identity.user = "other@example.org"
    async with program_of(tmp_path / "home", identity) as program:
        await typed(program, address, identity)
        await program.pilot.press("enter")
        await program.until(lambda: "Signed in as somebody else" in program.text(), WAIT)
        assert "You signed in as other@example.org" in program.words()
        identity.decline = True
        await program.pilot.press("down", "down", "enter")
        await program.until(lambda: "✗" in program.text(), WAIT)
        identity.decline = False
        identity.user = address
        await program.pilot.press("d")
        await program.until(lambda: f"It works, and {address} is saved." in program.text(), WAIT)


async def test_the_authority_of_an_own_service_is_typed(
    identity: IdentityServer,
    oauth_dovecot: Dovecot,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = (Finding(guessed(address), Source.GUESS, "guessed: the usual names of servers"),)
    monkeypatch.setattr("tui.sync.engine.find_settings", lambda *_: found)
    monkeypatch.setattr(desktop, "way_here", lambda _: Way.BROWSER)
    monkeypatch.setattr(desktop, "open_url", identity.open)
    async with program_of(tmp_path / "home", identity) as program:
        form = AddAccountScreen(program.desk)
        program.app.push_screen(form, program.answered.append)
        await program.pilot.pause()
        form._servers._ca_file.value = str(identity.certs.ca)
        await program.type(address)
        await program.pilot.press("enter")
        await program.until(lambda: "How does mail come and go?" in program.text(), WAIT)
        form.query_one("#imap", ServerField).fill(oauth_dovecot.server("imaps"))
        form.query_one("#smtp", ServerField).fill(oauth_dovecot.server("submission"))
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "How do you sign in?" in program.text(), WAIT)
        login = form.query_one("#login", LoginFields)
        login._kind.value = Auth.OAUTH2
        await program.until(lambda: "Authority" in program.text())
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "Type the address of the service" in program.words())
        login._authority.value = "http://contoso.example"
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "begins with https://" in program.words())
        login._authority.value = identity.authority
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "will ask you to let outlook-tui" in program.words(), WAIT)
        await program.pilot.press("enter")
        await program.until(lambda: f"It works, and {address} is saved." in program.text(), WAIT)
        (saved,) = program.desk.engine.settings.accounts
        assert saved.authority == identity.authority
