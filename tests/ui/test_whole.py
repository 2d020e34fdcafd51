"""The open screen over a real Dovecot: mail that arrives, mail that leaves, a server that goes away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.rig import RigMaker, account_on
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.sync.letters_in import letter
from tests.ui.eyes import until
from tests.ui.eyes import words as shown
from tui.model.account import Account, Protocol
from tui.model.event import Phase
from tui.model.folder import Role
from tui.store.reader import Reader
from tui.ui.app import OutlookApp

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]

SIZE = (120, 36)


def phase(app: OutlookApp) -> Phase:
    """What the only account is doing."""
    (account,) = app.desk.settings.accounts
    return app.desk.engine.status(account.address).phase


@asynccontextmanager
async def opened(make_rig: RigMaker, account: Account) -> AsyncIterator[tuple[OutlookApp, Pilot[str]]]:
    """The program on an account, as the command line opens it."""
    rig = make_rig(account, watch=True, start=False)
    app = OutlookApp(rig.engine, rig.paths, rig.engine.settings)
    async with app.run_test(size=SIZE) as pilot:
        yield app, pilot


async def test_new_mail_appears_by_itself(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(1, subject="The first one"))
    async with opened(make_rig, account) as (app, pilot):
        await until(pilot, lambda: "The first one" in shown(app) and "Up to date" in shown(app))
        dovecot.deliver(user, letter(2, subject="Fresh from the press"))
        await until(pilot, lambda: "Fresh from the press" in shown(app))


async def test_an_answer_is_written_sent_and_filed_once(
    make_rig: RigMaker, dovecot: Dovecot, sink: SmtpSink, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(1, subject="A question"))
    async with opened(make_rig, account) as (app, pilot):
        await until(pilot, lambda: "This is letter number 1" in shown(app))
        before = len(sink.received)
        await pilot.press("r")
        await until(pilot, lambda: "Re: A question" in shown(app) and "> This is letter" in shown(app))
        await pilot.press(*"Yes")
        await pilot.press("alt+s")
        # On a busy computer the seconds in which it can be undone may be over before anybody looks.
        await until(pilot, lambda: " s · U undoes" in shown(app) or len(sink.received) > before)
        await until(pilot, lambda: len(sink.received) == before + 1, 25.0)
        mail = sink.received[-1]
        assert mail.recipients == ("sender1@contoso.example",)
        assert b"In-Reply-To: <letter-1@contoso.example>" in mail.raw and b"Yes" in mail.raw
        sent = dovecot.folder(user, "Sent")
        await until(pilot, lambda: len([*sent.glob("cur/*"), *sent.glob("new/*")]) == 1)


@pytest.mark.parametrize("protocol", [Protocol.IMAP, Protocol.POP3])
async def test_a_server_that_goes_away_leaves_the_mail_and_the_program(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, protocol: Protocol
) -> None:
    dovecot = dovecot_with("IMAP4rev1 LITERAL+ IDLE UIDPLUS MOVE CONDSTORE ENABLE")
    for number in (1, 2):
        dovecot.deliver(user, letter(number))
    account = account_on(dovecot, user, incoming=protocol)
    async with opened(make_rig, account) as (app, pilot):
        await until(pilot, lambda: "Letter 2" in shown(app) and "Up to date" in shown(app))
        dovecot.stop()
        try:
            await pilot.press("ctrl+r")
            await until(pilot, lambda: phase(app) is Phase.OFFLINE)
            await pilot.press("down")
            await until(pilot, lambda: "This is letter number 1" in shown(app))
            await pilot.press("e")
            with Reader(app.desk.paths.database) as reader:
                archive = reader.folder_role(account.address, Role.ARCHIVE)
                await until(pilot, lambda: archive and len(reader.ids(archive.id)) == 1)
                dovecot.start()
                await pilot.press("ctrl+r")
                await until(pilot, lambda: phase(app) is Phase.UP_TO_DATE)
        finally:
            if not dovecot._answers(dovecot.imaps):
                dovecot.start()
