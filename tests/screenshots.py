"""The pictures of the README, drawn from the demo with a clock that stands still.

`python -m tests.screenshots` makes all of them anew; names after it choose some. Debian packages for the
PNG files: librsvg2-bin, fonts-firacode, fonts-symbola, fonts-wqy-microhei.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest import mock

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests import checkup_scene, picture, sign_in_scenes
from tui.config import paths, settings
from tui.config.secrets import Secrets
from tui.demo import Demo
from tui.model.command import Fetch, QueueDraft, SaveDraft, SendNow, StartDraft
from tui.model.draft import Draft
from tui.model.event import Phase
from tui.sync.engine import Engine
from tui.ui.app import OutlookApp
from tui.ui.screens.compose import ComposeScreen
from tui.ui.screens.mail import MailScreen

FOLDER = Path(__file__).parents[1] / "screenshots"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
_PATIENCE = 20.0
_NEVER = 3600.0


class _StillDatetime(datetime):
    """A datetime that is always now."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(NOW.timestamp(), tz)


@contextmanager
def still_clock() -> Iterator[None]:
    """The time of day stands still at NOW, in UTC; what measures how long something takes goes on."""
    with (
        mock.patch.dict(os.environ, {"TZ": "UTC"}),
        mock.patch("time.time", return_value=NOW.timestamp()),
        mock.patch("tui.ui.screens.compose.datetime", _StillDatetime),
    ):
        time.tzset()
        yield
    time.tzset()


class Stage:
    """The demo's servers, and a home whose mail has been fetched from them already."""

    def __enter__(self) -> Self:
        self.demo = Demo(NOW, answer_after=_NEVER)
        self.demo.start()
        self.paths = paths.find(str(self.demo.home))
        self.secrets = Secrets()
        self.secrets.remember(self.demo.account.address, "incoming", self.demo.secret)
        settings.save_account(self.paths.config_file, self.demo.account)
        for key, value in (("mark_read_after", -1), ("notifications", "off"), ("undo_seconds", 30)):
            settings.set_value(self.paths.config_file, key, value)
        with self._engine(watch=False) as engine:
            engine.start()
            engine.post(Fetch()).result(_PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.demo.stop()

    def _engine(self, *, watch: bool) -> Engine:
        return Engine(self.paths, settings.load(self.paths.config_file), self.secrets, watch=watch)

    @asynccontextmanager
    async def opened(self, size: tuple[int, int], theme: str) -> AsyncIterator[Actor]:
        """The program on the mail screen, up to date, as if for the first time."""
        (self.paths.state / "screen.json").unlink(missing_ok=True)
        settings.set_value(self.paths.config_file, "theme", theme)
        chosen = settings.load(self.paths.config_file)
        app = OutlookApp(self._engine(watch=True), self.paths, chosen, demo=True)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            actor = Actor(self, app, pilot)
            status = app.desk.engine.status
            await actor.until(lambda: status(self.demo.account.address).phase is Phase.UP_TO_DATE)
            await actor.until(lambda: "Up to date" in actor.text())
            yield actor


@dataclass(frozen=True, slots=True)
class Actor:
    """Plays a scene: presses keys, waits, and draws what is seen."""

    stage: Stage
    app: OutlookApp
    pilot: Pilot[Any]

    def text(self) -> str:
        """What the screen shows, line by line."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    def drawn(self) -> str:
        """The screen as SVG; ports, which are others each time, become the same ones."""
        strips = self.app.screen._compositor.render_strips()[: self.app.size.height]
        shown = picture.svg(strips, self.app.size.width)
        numbers = {str(port): usual for port, usual in zip(self._ports(), (10143, 10110, 10587), strict=True)}
        return re.sub(r"\b\d{5}\b", lambda found: str(numbers.get(found[0], found[0])), shown)

    def _ports(self) -> tuple[int, ...]:
        account = self.stage.demo.account
        return tuple(server.port for server in (account.imap, account.pop3, account.smtp) if server)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something that threads bring about."""
        deadline = time.monotonic() + _PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"this did not come about; the screen shows:\n{self.text()}")
            await self.pilot.pause(0.02)

    async def sees(self, words: str) -> None:
        """Wait for words on the screen."""
        await self.until(lambda: words in self.text())

    async def settle(self) -> None:
        """No blinking cursor, nothing still to be drawn."""
        for line in self.app.screen.query(Input):
            line.cursor_blink = False
        for area in self.app.screen.query(TextArea):
            area.cursor_blink = False
        await self.pilot.pause()
        await self.pilot.wait_for_scheduled_animations()

    @property
    def mail(self) -> MailScreen:
        """The screen at the bottom of the stack."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, MailScreen)
        return screen

    async def choose(self, subject: str) -> None:
        """Put the cursor on the newest message whose subject begins so."""
        listing = self.mail.listing
        rows = self.app.desk.reader.rows(list(listing.ids))
        wanted = [row.id for row in rows if row.envelope.subject.startswith(subject)]
        assert wanted, f"no message is called {subject}"
        while listing.current != wanted[0]:
            await self.pilot.press("j")
        await self.sees(subject)


async def _invitation(actor: Actor) -> None:
    await actor.choose("Invitation")
    await actor.sees("Room 3.07")


async def _invoice(actor: Actor) -> None:
    await actor.choose("Re: Invoice 2041")
    await actor.sees("has arrived")


async def _list_only(actor: Actor) -> None:
    await actor.sees("Welcome")


async def _newsletter(actor: Actor) -> None:
    await actor.pilot.press("7")
    await actor.sees("Bulbs")
    await actor.choose("Bulbs")
    await actor.pilot.press("enter")
    await actor.sees("Snowdrop")


async def _reply(actor: Actor) -> None:
    await actor.choose("Re: Invoice 2041")
    await actor.pilot.press("r")
    await actor.until(lambda: isinstance(actor.app.screen, ComposeScreen))
    await actor.pilot.pause()
    for line in ("Hello,", "", "thank you, the corrected invoice is right."):
        actor.app.screen.query_one(TextArea).insert(f"{line}\n")
    await actor.pilot.press("ctrl+s")
    await actor.sees("Draft saved")


async def _settings(actor: Actor) -> None:
    await actor.pilot.press(",")
    await actor.sees("Appearance")


async def _disk(actor: Actor) -> None:
    await actor.pilot.press("g", "h")
    await actor.sees("are free on this disk")
    await actor.until(lambda: "being measured" not in actor.text())


async def _help(actor: Actor) -> None:
    await actor.pilot.press("?")
    await actor.sees("Everywhere")


async def _outbox(actor: Actor) -> None:
    tomorrow = int(NOW.replace(day=24, hour=8, minute=0).timestamp())
    for to, subject, at, hold in (
        ("print@contoso.example", "Poster for the open day", 0, 0.0),
        ("refuse@contoso.example", "Key for room 3.07", 0, 0.0),
        ("busy@contoso.example", "Minutes of the workshop", 0, 0.0),
        ("all@contoso.example", "Tea and coffee tomorrow", tomorrow, 0.0),
        ("billing@contoso.example", "Re: Invoice 2041", 0, 30.0),
    ):
        await _send(actor, to, subject, at, hold)
    await asyncio.wrap_future(actor.app.desk.engine.post(SendNow()))
    await actor.pilot.press("g", "o")
    await actor.sees("Key for room 3.07")
    await actor.pilot.press("down", "down", "down")
    await actor.sees("550")


async def _send(actor: Actor, to: str, subject: str, at: int, hold: float) -> None:
    post = actor.app.desk.engine.post
    begun: Draft = await asyncio.wrap_future(post(StartDraft(actor.stage.demo.account.address)))
    written = replace(begun, to=to, subject=subject, body="Hello,\n\nhere it is.\n")
    saved: Draft = await asyncio.wrap_future(post(SaveDraft(written)))
    await asyncio.wrap_future(post(QueueDraft(saved.id, at, hold)))


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: its name, the size in cells, the theme, how to get there, and words that must be seen."""

    name: str
    size: tuple[int, int]
    theme: str
    play: Callable[[Actor], Awaitable[None]]
    words: tuple[str, ...]


SCENES: tuple[Scene, ...] = (
    Scene(
        "mail-dark", (120, 36), "dark", _invitation, ("Inbox", "Sent", "Re: Invoice 2041", "Up to date 14:05")
    ),
    Scene("mail-light", (120, 36), "light", _invoice, ("Inbox", "Sent", "Re: Invoice 2041", "14:05")),
    Scene("mail-80x24", (80, 24), "dark", _list_only, ("Inbox", "Welcome", "Up to date")),
    Scene("mail-60x15", (60, 15), "dark", _list_only, ("Inbox", "Welcome", "Up to date")),
    Scene("newsletter", (100, 36), "dark", _newsletter, ("Contoso Garden", "Snowdrop", "[1]")),
    Scene("settings", (120, 36), "dark", _settings, ("Theme", "Appearance", "Accounts")),
    Scene("help", (120, 36), "dark", _help, ("Everywhere", "Ctrl+P", "Move to the archive")),
    Scene("welcome", (100, 24), "dark", sign_in_scenes.welcome, ("Microsoft 365", "Try the demo")),
    Scene("add-address", (100, 24), "dark", sign_in_scenes.address, ("you@outlook.com", "step 1 of 4")),
    Scene("add-settings", (100, 24), "dark", sign_in_scenes.found, ("Fastmail", "POP3", "Next")),
    Scene("add-settings-60x15", (60, 15), "dark", sign_in_scenes.found, ("Fastmail", "POP3", "Next")),
    Scene("sign-in", (100, 24), "dark", sign_in_scenes.explained, ("send mail as you", "keyring")),
    Scene("sign-in-browser", (100, 24), "dark", sign_in_scenes.in_browser, ("Copy address", "With a code")),
    Scene("sign-in-code", (80, 24), "dark", sign_in_scenes.by_code, ("A B C D 1 E F G H", "14:32")),
    Scene("sign-in-code-60x15", (60, 15), "dark", sign_in_scenes.by_code, ("A B C D 1 E F G H", "14:32")),
    Scene("sign-in-paste", (80, 24), "dark", sign_in_scenes.by_paste, ("cannot be loaded", "Its address")),
    Scene("sign-in-approval", (100, 24), "light", sign_in_scenes.approval, ("administrator", "Copy message")),
    Scene("sign-in-client-id", (100, 30), "dark", sign_in_scenes.client_id, ("Client id", "Redirect URI")),
    Scene("add-account", (100, 24), "dark", sign_in_scenes.done, ("is saved", "Fetching 1,240", "Read your")),
    Scene("accounts", (100, 24), "dark", sign_in_scenes.accounts, ("Sign in again", "signed in until")),
    Scene("checkup", (100, 34), "dark", checkup_scene.checkup, ("✗", "switched off", "SMTP.Send")),
    Scene("on-this-disk", (120, 30), "dark", _disk, ("All folders", "Only on this computer", "search index")),
    Scene("compose", (100, 30), "dark", _reply, ("billing@contoso.example", "Re: Invoice 2041", "> ")),
    Scene("outbox", (100, 24), "dark", _outbox, ("Poster for the open day", "Key for room 3.07")),
)
"""In the order in which they are played: those that leave traces in the store come last."""


async def shoot(stage: Stage, scene: Scene) -> tuple[str, str]:
    """Play a scene; its picture as SVG, and what it shows as text."""
    async with stage.opened(scene.size, scene.theme) as actor:
        await scene.play(actor)
        await actor.settle()
        return actor.drawn(), actor.text()


def main(names: list[str]) -> None:
    """Write the pictures of these names, or all."""
    FOLDER.mkdir(exist_ok=True)
    with still_clock(), Stage() as stage:
        for scene in SCENES:
            if names and scene.name not in names:
                continue
            drawn, _ = asyncio.run(shoot(stage, scene))
            target = FOLDER / f"{scene.name}.svg"
            target.write_text(drawn, encoding="utf-8")
            picture.png(target, target.with_suffix(".png"))
            print(target.name)


if __name__ == "__main__":
    main(sys.argv[1:])
