"""The real program: screen, engine, store, and the demo's servers on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest

from tests.ui.eyes import shown, until
from tui.config import paths as places
from tui.config.secrets import Secrets
from tui.config.settings import load, save_account
from tui.demo import Demo
from tui.sync.engine import Engine
from tui.ui.app import OutlookApp
from tui.ui.screens.mail import MailScreen

pytestmark = pytest.mark.slow


@pytest.fixture
def app() -> Iterator[OutlookApp]:
    """The program on the sample mailbox."""
    with Demo() as demo:
        paths = places.find(str(demo.home))
        save_account(paths.config_file, demo.account)
        secrets = Secrets()
        secrets.remember(demo.account.address, "incoming", demo.secret)
        settings = load(paths.config_file)
        yield OutlookApp(Engine(paths, settings, secrets, watch=True), paths, settings, demo=True)


async def test_mail_arrives_is_read_found_moved_and_taken_back(app: OutlookApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        mail = app.screen
        assert isinstance(mail, MailScreen)
        await until(pilot, lambda: len(mail.listing.ids) > 15, 20)
        await until(pilot, lambda: "Up to date" in mail.status.text, 20)
        await until(pilot, lambda: "five things to try" in shown(app))
        await until(pilot, lambda: "sample mailbox" in shown(app))
        assert mail.place.title == "Inbox"
        first = mail.listing.current
        await pilot.press("e")
        await until(pilot, lambda: first not in mail.listing.ids)
        await pilot.press("U")
        await until(pilot, lambda: first in mail.listing.ids)
        await pilot.press("slash", *"invoice")
        await until(pilot, lambda: "Invoice 2041" in shown(app) and "found" in shown(app))
        await pilot.press("escape", "g", "s")
        await until(pilot, lambda: mail.place.title == "Sent" and "To " in shown(app))
        left = monotonic()
    assert monotonic() - left < 2
