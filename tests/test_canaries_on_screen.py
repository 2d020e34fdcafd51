"""No secret is on the screen, in its pictures, the log or a file: signing in, refused, signing in anew."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from tests.canaries import Canaries
from tests.config import stores
from tests.servers.dovecot import Dovecot
from tests.servers.identity import IdentityServer
from tests.sync.signing_in import kept_token, on_dovecot
from tests.ui import eyes
from tui.config import log, paths, settings
from tui.config.secrets import Secrets
from tui.model.account import Account
from tui.model.command import SaveAccount
from tui.model.event import Phase
from tui.model.issuer import identity_of
from tui.model.sign_in import Way
from tui.sync.engine import Engine
from tui.ui.app import OutlookApp
from tui.ui.screens.sign_in import Approved, SignInScreen

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]


@dataclass
class Seen:
    """The program on its screen, and every picture that was taken of it."""

    pilot: Pilot[str]
    app: OutlookApp
    engine: Engine
    pictures: list[str] = field(default_factory=list)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something, and take a picture of it."""
        await eyes.until(self.pilot, holds, 60)
        self.take()

    def take(self) -> None:
        """Take a picture as `Ctrl+P, screenshot` does, and keep the text of the screen."""
        self.pictures += [self.app.export_screenshot(), eyes.shown(self.app), str(self.app.screen.tree)]

    def shows(self, text: str) -> Callable[[], bool]:
        """Whether the screen shows a text."""
        return lambda: text in eyes.words(self.app)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[paths.Paths]:
    """A home whose log says all that it ever says."""
    found = paths.find(str(tmp_path / "home"))
    handler = log.start(found, "debug")
    yield found
    log.stop(handler)
    logging.getLogger("tui").setLevel(logging.NOTSET)
    logging.getLogger().setLevel(logging.WARNING)


@pytest.fixture
def account(identity: IdentityServer, oauth_dovecot: Dovecot, user: str) -> Account:
    identity.user = f"{user}@example.org"
    return on_dovecot(identity, oauth_dovecot, identity.user)


@asynccontextmanager
async def _opened(home: paths.Paths, account: Account) -> AsyncIterator[Seen]:
    known = settings.save_account(home.config_file, account)
    engine = Engine(home, known, Secrets(), watch=True)
    app = OutlookApp(engine, home, known)
    async with app.run_test(size=(110, 40)) as pilot:
        await pilot.pause()
        yield Seen(pilot, app, engine)


async def _sign_in(seen: Seen, account: Account, identity: IdentityServer, way: Way) -> None:
    """Go through the page of signing in, taking pictures all the way, and keep what was granted."""
    answered: list[Approved | None] = []
    wanted = identity_of(account)
    assert wanted is not None
    screen = SignInScreen(seen.app.desk, account, wanted)
    seen.app.push_screen(screen, answered.append)
    await seen.until(lambda: seen.app.screen is screen)
    await seen.pilot.press("p" if way is Way.PASTE else "d")
    await seen.until(seen.shows("cannot be loaded" if way is Way.PASTE else "A B C D 1 2 3 4"))
    if way is Way.PASTE:
        await seen.pilot.press("y")
        ending = identity.where_it_ends(seen.app.clipboard)
        screen.post_message(events.Paste(ending.replace("state=", "state=x")))
        await seen.until(seen.shows("another sign-in"))
        screen.post_message(events.Paste(ending))
    await seen.until(lambda: answered)
    (approved,) = answered
    assert approved is not None
    await seen.until(seen.engine.post(SaveAccount(approved.account)).done)


async def test_signing_in_being_refused_and_signing_in_anew(
    home: paths.Paths, account: Account, identity: IdentityServer
) -> None:
    with stores.keyring_of(stores.Memory(1280)):
        async with _opened(home, account) as seen:
            await seen.until(lambda: seen.engine.status(account.address).phase is Phase.SIGN_IN)
            await _sign_in(seen, account, identity, Way.PASTE)
            await seen.until(lambda: seen.engine.status(account.address).phase is Phase.UP_TO_DATE)
            known = identity.secrets()
            assert kept_token(account) in known
            pictures = seen.pictures
        identity.revoke()
        async with _opened(home, account) as seen:
            await seen.until(lambda: seen.engine.status(account.address).phase is Phase.SIGN_IN)
            await seen.pilot.press("exclamation_mark")
            await seen.until(seen.shows("run out"))
            await seen.pilot.press("escape")
            await seen.pilot.pause()
            seen.take()
            identity.pending[:] = ["authorization_pending"]
            await _sign_in(seen, account, identity, Way.DEVICE)
            pictures += seen.pictures
    canaries = Canaries(known | identity.secrets())
    assert len(known) > 3
    assert len(pictures) > 20
    assert [found for picture in pictures if (found := canaries.found_in(picture))] == []
    assert canaries.files_below(home.config_file.parent.parent) == {}
    assert "run out" in (home.logs / log.FILE).read_text()
