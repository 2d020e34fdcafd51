"""Signing in by OAuth at a service that nobody knows: its authority is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.identity import IdentityServer
from tests.ui.screens.test_with_identity import WAIT, _store, address, program_of  # noqa: F401 - fixtures
from tui.config import desktop
from tui.model.account import Auth
from tui.model.finding import Finding, Source
from tui.model.preset import guessed
from tui.model.sign_in import Way
from tui.ui.screens.add_account import AddAccountScreen
from tui.ui.widgets.account_fields import LoginFields, ServerField


async def test_the_authority_of_an_own_service_is_typed(
    identity: IdentityServer,
    oauth_dovecot: Dovecot,
    address: str,  # noqa: F811
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
