"""The form, the outbox and the switch against real IMAP, POP3 and SMTP servers: those of the demo."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.ui.screens.conftest import Opened
from tui.config import paths, settings
from tui.config.secrets import Secrets
from tui.demo.demo import Demo
from tui.model.account import Account, Protocol, SecretSource, Security, Server
from tui.model.command import StartDraft
from tui.model.draft import SendState
from tui.model.folder import Role
from tui.sync.engine import Engine
from tui.ui.app import OutlookApp
from tui.ui.screens.accounts import AccountsScreen
from tui.ui.screens.add_account import AddAccountScreen
from tui.ui.screens.compose import ComposeScreen
from tui.ui.widgets.account_fields import ServerField


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo(answer_after=0.2) as running:
        yield running


@asynccontextmanager
async def program_of(demo: Demo, home: Path, known: bool) -> AsyncIterator[Opened]:
    """The program with a real engine; with the demo's account when `known`."""
    places, secrets = paths.find(str(home)), Secrets()
    if known:
        secrets.remember(demo.account.address, "incoming", demo.secret)
        settings.save_account(places.config_file, demo.account)
    general = settings.set_value(places.config_file, "undo_seconds", 0)
    engine = Engine(places, general, secrets, watch=True)
    app = OutlookApp(engine, places, general)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        yield Opened(pilot, app, engine, [])  # type: ignore[arg-type]


def serve(field: ServerField, server: Server | None) -> None:
    """Put an endpoint of this computer into the form."""
    assert server is not None
    field.fill(Server(server.host, server.port, Security.PLAIN))


async def test_an_account_is_added_and_its_mail_arrives(demo: Demo, tmp_path: Path) -> None:
    async with program_of(demo, tmp_path / "home", known=False) as program:
        program.app.push_screen(AddAccountScreen(program.desk), program.answered.append)
        await program.pilot.pause()
        form = program.screen
        assert isinstance(form, AddAccountScreen)
        await program.type(demo.account.address)
        await program.pilot.press("enter")
        await program.pilot.pause()
        serve(form._servers._imap, demo.account.imap)
        serve(form._servers._smtp, demo.account.smtp)
        await program.pilot.press("ctrl+n")
        await program.pilot.pause()
        form._login._login._source.value = SecretSource.SESSION
        form._login._login._secret.value = "wrong"
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "Nothing has been saved" in program.text(), 10)
        assert "✗ Receiving (IMAP): signing in" in program.text()
        await program.pilot.press("escape")
        form._login._login._secret.value = demo.secret.reveal()
        await program.pilot.press("ctrl+n")
        await program.until(lambda: "is saved" in program.text(), 10)
        assert "✓ Sending: signing in" in program.text()
        await program.until(lambda: "Up to date" in program.text(), 20)
        assert demo.secret.reveal() not in program.app.export_screenshot()
        await program.pilot.press("enter")
        await program.until(lambda: program.answered == [demo.account.address])
        await program.until(lambda: inbox(program, demo.account), 10)


async def test_a_mail_leaves_and_the_protocol_is_switched(demo: Demo, tmp_path: Path) -> None:
    async with program_of(demo, tmp_path / "home", known=True) as program:
        await program.until(lambda: inbox(program, demo.account) > 5, 10)
        screen = AccountsScreen(program.desk)
        program.app.push_screen(screen)
        await program.pilot.pause()
        draft = await screen.ask(StartDraft(demo.account.address))
        program.app.push_screen(ComposeScreen(program.desk, draft), program.answered.append)
        await program.pilot.pause()
        await program.type("robot@contoso.example")
        await program.pilot.press("tab")
        await program.type("Hello")
        await program.pilot.press("tab")
        await program.type("Some words.")
        await program.pilot.press("alt+s")
        await program.until(lambda: program.answered, 10)
        await program.until(lambda: sent(program), 15)
        total = sum(folder.total for folder in program.desk.reader.folders())
        await program.pilot.press("p")
        await program.until(lambda: "Receive by POP3?" in program.text())
        await program.pilot.press("s")
        await program.until(lambda: "receives by POP3 now" in program.notes, 20)
        saved = settings.load(program.desk.paths.config_file).account(demo.account.address)
        assert saved is not None
        assert saved.incoming is Protocol.POP3
        assert sum(folder.total for folder in program.desk.reader.folders()) >= total


def inbox(program: Opened, account: Account) -> int:
    """How many messages the inbox has."""
    folder = program.desk.reader.folder_role(account.address, Role.INBOX)
    return folder.total if folder else 0


def sent(program: Opened) -> bool:
    """Whether the mail has left."""
    mail = program.desk.reader.outgoing(program.answered[0])
    return mail is not None and mail.state is SendState.SENT
