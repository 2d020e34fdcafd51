"""The real engine on a real store, without a network; what would need a server is answered by a script."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.config.settings import Settings
from tui.model.command import Command
from tui.model.error import MailError
from tui.model.event import AccountStatus, Event
from tui.sync.engine import Engine

Answer = Callable[[Any], Any]


class OfflineEngine:
    """Delegates to an engine that works offline.

    `answers` maps kinds of commands to what is answered instead: the function's value, or the MailError it
    raises. `posted` holds every command, `held` the kinds that waited.
    """

    def __init__(self, paths: Paths, settings: Settings) -> None:
        self.real = Engine(paths, settings, Secrets())
        self.answers: dict[type[Any], Answer] = {}
        self.statuses: dict[str, AccountStatus] = {}
        self.posted: list[Command] = []
        self._listeners: list[Callable[[Event], None]] = []
        self.held: set[type[Any]] = set()
        self._later: dict[type[Any], Future[Any]] = {}

    @property
    def offline(self) -> bool:
        return True

    @property
    def leading(self) -> bool:
        return self.real.leading

    @property
    def settings(self) -> Settings:
        return self.real.settings

    def start(self, *, offline: bool = False) -> None:
        self.real.start(offline=True)

    def status(self, account: str) -> AccountStatus:
        return self.statuses.get(account) or self.real.status(account)

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return self.real.listen(listener)

    def speak(self, event: Event) -> None:
        """Tell the screen an event."""
        for listener in self._listeners:
            listener(event)

    def post(self, command: Command) -> Future[Any]:
        self.posted.append(command)
        if (waiting := self._later.pop(type(command), None)) is not None:
            self.held.add(type(command))
            return waiting
        script = self.answers.get(type(command))
        if script is None:
            return self.real.post(command)
        future: Future[Any] = Future()
        try:
            future.set_result(script(command))
        except MailError as error:
            future.set_exception(error)
        return future

    def later(self, kind: type[Any]) -> Future[Any]:
        """Let the next command of a kind wait; the future is for the test to settle."""
        self._later[kind] = Future()
        return self._later[kind]

    def close(self, within: float = 2.0) -> bool:
        return self.real.close(within)

    def of(self, kind: type[Any]) -> list[Any]:
        """The posted commands of a kind."""
        return [command for command in self.posted if isinstance(command, kind)]
