"""The program on the screen: wires engine, store and settings to the screens."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual import events, on, work
from textual.actions import ActionParseResult
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import WorkerFailed

from tui.model.draft import Draft
from tui.model.error import MailError, StoreBroken
from tui.model.event import AccountsChanged, Event, StatusChanged
from tui.model.safe_text import safe_line
from tui.ui import crash, keys, theme
from tui.ui.desk import Desk
from tui.ui.key_order import KeyOrder
from tui.ui.messages import EngineSpoke, GoTo, Said
from tui.ui.screens.mail import MailScreen
from tui.ui.sequences import Follower
from tui.ui.words import trouble

if TYPE_CHECKING:
    from tui.config.paths import Paths
    from tui.config.settings import Settings
    from tui.sync.engine import Engine

_CLOSE_WITHIN = 1.5
_SEQUENCE_SECONDS = 4.0


def _commands() -> type[Provider]:
    from tui.ui.palette import Commands

    return Commands


class OutlookApp(App[str], inherit_bindings=False):
    """Shows the mail at once, then starts the engine; closes it on leaving.

    `compose` opens the compose screen over the mail, for mailto links and the command line; `offline` works
    without the network until told otherwise. `run` answers "demo" when the person asked for the demo.
    """

    TITLE = "outlook-tui"
    CSS_PATH = Path(__file__).with_name("styles.tcss")
    SCOPE: ClassVar[str] = "app"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("app")]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_commands}
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self,
        engine: Engine,
        paths: Paths,
        settings: Settings,
        demo: bool = False,
        compose: Draft | None = None,
        offline: bool = False,
    ) -> None:
        super().__init__()
        self.desk = self.open_desk(engine, paths, settings, demo)
        self.compose_draft = compose
        self._start_offline = offline
        self._follower = Follower()
        self._order = KeyOrder(self, self._give)
        self._sequence_timer: Timer | None = None
        self._unlisten: Callable[[], None] | None = None
        self._fixing = False
        self._asked: set[str] = set()
        for one in theme.THEMES:
            self.register_theme(one)
        self._take_settings()

    def open_desk(self, engine: Engine, paths: Paths, settings: Settings, demo: bool) -> Desk:
        """What all screens work with; the reader it opens belongs to the UI thread. Raises StoreBroken."""
        from tui.store.reader import Reader

        return Desk(engine, Reader(paths.database), paths, settings, demo)

    def get_default_screen(self) -> Screen[None]:
        """The mail screen lies under all others."""
        return MailScreen(self.desk)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, for themes that are not ours."""
        return theme.VARIABLES

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None of Textual's own: our palette has them in our words."""
        return ()

    def on_ready(self) -> None:
        """The mail is on the screen: start the engine, then open what else was asked for."""
        self._end_when_told()
        self._unlisten = self.desk.engine.listen(self._hear)
        try:
            self.desk.engine.start(offline=self._start_offline)
        except StoreBroken as error:
            self._store_failed(error)
        for sentence in keys.clashes(self.desk.settings.general.keys, self.desk.settings.keys):
            self.notify(sentence, title="Keys", severity="warning", timeout=15, markup=False)
        if self.compose_draft is not None:
            from tui.ui.screens.compose import ComposeScreen

            self.push_screen(ComposeScreen(self.desk, self.compose_draft))
        elif not self.desk.settings.accounts:
            from tui.ui.screens.welcome import WelcomeScreen

            self.push_screen(WelcomeScreen(self.desk), self._through_door)

    def _end_when_told(self) -> None:
        """Leave in order when the terminal is closed or the system ends: drafts are kept, the demo goes."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            if number := getattr(signal, name, None):
                with suppress(
                    NotImplementedError, RuntimeError
                ):  # Windows; a loop that is not the main thread's
                    loop.add_signal_handler(number, self.exit)

    def _through_door(self, door: str | None) -> None:
        """Leave for the demo: it has a home and servers of its own, so it is a run of its own."""
        if door == "demo":
            self.exit("demo")

    async def on_unmount(self) -> None:
        """Let go of the engine and the store; servers that hang are not waited for."""
        if self._unlisten is not None:
            self._unlisten()
        await asyncio.to_thread(self.desk.engine.close, _CLOSE_WITHIN)
        self.desk.reader.close()

    def _hear(self, event: Event) -> None:
        """On an engine thread: nothing but post."""
        self.post_message(EngineSpoke(event))

    @on(EngineSpoke)
    def _hand_on(self, message: EngineSpoke) -> None:
        if isinstance(message.event, AccountsChanged):
            self._settings_changed()
        elif isinstance(message.event, StatusChanged):
            self._ask_once(message.event.account)
        for screen in self.screen_stack:
            screen.post_message(EngineSpoke(message.event))

    @on(Said)
    def _note(self, message: Said) -> None:
        """The mail screen has a line for notes; over the others they stand in a corner."""
        if isinstance(self.screen, MailScreen):
            self.screen.flash(message.sentence)
        else:
            self.notify(safe_line(message.sentence, 400), markup=False)

    @on(GoTo)
    def _go_to(self, message: GoTo) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()
        if isinstance(self.screen, MailScreen):
            self.screen.go_to(message.place)

    def action_help(self) -> None:
        """Show the keys."""
        from tui.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.desk))

    # What needs the person

    @work(group="fix")
    async def action_fix(self) -> None:
        """Put right what is wrong with an account; one question at a time."""
        from tui.ui.screens.putting_right import first_trouble, put_right

        if self._fixing:
            return
        state = first_trouble(self.desk)
        if state is None:
            self.post_message(Said("Nothing needs to be put right."))
            return
        self._fixing = True
        try:
            await put_right(self, self.desk, state)
        finally:
            self._fixing = False

    def _ask_once(self, address: str) -> None:
        """Tell of an account that stands still, or ask for its sign-in, once; whoever writes or sets
        something up is not interrupted."""
        if not trouble(self.desk.engine.status(address)):
            self._asked.discard(address)
        elif address not in self._asked and isinstance(self.screen, MailScreen) and not self._fixing:
            self._asked.add(address)
            self._tell_trouble(address)

    @work(group="fix")
    async def _tell_trouble(self, address: str) -> None:
        from tui.ui.screens.putting_right import tell_trouble

        self._fixing = True
        try:
            await tell_trouble(self, self.desk, address)
        finally:
            self._fixing = False

    def action_doctor(self) -> None:
        """Check this computer and every account, unless that is being done."""
        from tui.ui.screens.doctor import DoctorScreen

        if not isinstance(self.screen, DoctorScreen):
            self.push_screen(DoctorScreen(self.desk))

    # Keys

    def get_key_display(self, binding: Binding) -> str:
        """A key as all our texts write it."""
        return binding.key_display or keys.shown(binding.key)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key says. A store that breaks under it is told of, and reading goes on."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except StoreBroken as error:
            self._store_failed(error)
            return True

    def _store_failed(self, error: StoreBroken) -> None:
        from tui.ui.screens.dialog import Notice

        self.push_screen(Notice(error))

    async def on_event(self, event: events.Event) -> None:
        """Let what comes from the keyboard take effect in its order."""
        ordered = isinstance(event, events.Key | events.MouseDown | events.MouseUp | events.Paste)
        if ordered and not event.is_forwarded:
            await self._order.take(event)
        else:
            await super().on_event(event)

    async def _give(self, event: events.Event) -> DOMNode | None:
        """Give an event to the widgets, key sequences first; answers who got it."""
        if isinstance(event, events.Key) and await self._in_sequence(event):
            return None
        target = self.focused or self.screen
        await super().on_event(event)
        return target

    async def _in_sequence(self, event: events.Key) -> bool:
        focused = self.focused
        typing = focused is not None and focused.check_consume_key(event.key, event.character)
        if typing and not self._follower.started:
            return False
        nodes: dict[str, DOMNode] = {}
        for node in (focused or self.screen).ancestors_with_self:
            nodes.setdefault(_scope_of(node), node)
        step = self._follower.feed(event.key, nodes)
        self._show_sequence(step.hint)
        if step.action:
            await self.run_action(step.action, nodes[step.scope])
        return step.taken

    def _show_sequence(self, hint: str) -> None:
        if self._sequence_timer is not None:
            self._sequence_timer.stop()
            self._sequence_timer = None
        if hint:
            self._sequence_timer = self.set_timer(_SEQUENCE_SECONDS, self._forget_sequence)
        if isinstance(self.screen, MailScreen):
            self.screen.status.sequence(hint)

    def _forget_sequence(self) -> None:
        self._follower.started = ()
        self._show_sequence("")

    # Settings

    def _settings_changed(self) -> None:
        try:
            self.desk.reload()
        except MailError as error:
            self.notify(f"{error.what} {error.hint}", severity="error", timeout=15, markup=False)
            return
        self._take_settings()

    def _take_settings(self) -> None:
        settings = self.desk.settings
        self.theme = theme.chosen(settings.general.theme, set(self.available_themes))
        self._follower.known = keys.sequences(settings.general.keys, settings.keys)
        self.set_keymap(keys.keymap(settings.general.keys, settings.keys))

    # Our own mistakes. Textual has no public place for this: its report prints local variables.

    def _fatal_error(self) -> None:
        self._say_sorry()

    def panic(self, *renderables: RenderableType) -> None:
        """Stop with one sentence, whatever the error would like to show of itself."""
        self._say_sorry()

    def _say_sorry(self) -> None:
        error: BaseException | None = self._exception
        if isinstance(error, WorkerFailed):
            error = error.error
        sentence = crash.record(error, "screen") if error is not None else crash.SENTENCE
        super().panic(Text(sentence))


def _scope_of(node: DOMNode) -> str:
    scopes = {"MessageList": "list", "FolderTree": "folders", "ReadingPane": "reading"}
    return str(getattr(node, "SCOPE", "")) or scopes.get(type(node).__name__, "")
