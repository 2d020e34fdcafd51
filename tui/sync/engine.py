"""The engine: every thread that talks to a server, behind four calls: start, post, listen, close.

Whoever holds the engine lock talks to the servers. Another process carries out its local commands in the
store itself, and writes its network commands there as requests for the one that leads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.config.settings import Settings
from tui.model.command import (
    BeginSignIn,
    CancelSignIn,
    Command,
    Diagnose,
    Fetch,
    FetchBody,
    FindSettings,
    GoOffline,
    NetworkCommand,
    PasteAnswer,
    ReloadSettings,
    RemoveAccount,
    SaveAccount,
    SendNow,
    SignIn,
    Stop,
    SwitchProtocol,
    TestAccount,
)
from tui.model.error import Cancelled
from tui.model.event import AccountStatus, Event, KeyringWaits
from tui.store.database import Database
from tui.store.lock import EngineLock
from tui.sync.accounts import Accounts
from tui.sync.board import Board
from tui.sync.checkup import diagnose
from tui.sync.context import Context
from tui.sync.crew import Crew
from tui.sync.doorman import Doorman, ask_leader
from tui.sync.finding import find_settings
from tui.sync.futures import answered, in_thread, refused
from tui.sync.index_thread import IndexThread
from tui.sync.local import LocalThread
from tui.sync.sign_in import SignIns
from tui.sync.switch import switch_protocol


class Engine:
    """`watch` keeps accounts connected and fetches by itself, as the screen needs it; without it, only what
    is asked for is done."""

    def __init__(self, paths: Paths, settings: Settings, secrets: Secrets, *, watch: bool = False) -> None:
        self._paths = paths
        self._watch = watch
        self._context = Context(paths.database, settings, secrets, Board(), children=watch)
        self._lock = EngineLock(paths.engine_lock)
        self._crew = Crew(self._context, watch=watch)
        self._accounts = Accounts(self._context, paths.config_file, self._crew, lambda: self.leading)
        self._sign_ins = SignIns(self._context, self._crew, self._tell_leader)
        self._local = LocalThread(self._context, self._crew)
        self._index = IndexThread(self._context)
        self._doorman = Doorman(self._context, self._lock, self._crew, self.post, self._led)
        self._closing = threading.Event()
        secrets.waiting = self._tell_of_keyring

    @property
    def leading(self) -> bool:
        """Whether this process is the one that talks to the servers."""
        return self._lock.held

    @property
    def offline(self) -> bool:
        """Whether the person asked to work offline."""
        return self._context.offline.is_set()

    @property
    def settings(self) -> Settings:
        """The configuration as the engine has it now."""
        return self._context.settings

    def start(self, *, offline: bool = False) -> None:
        """Take the lead if nobody has it, and begin. Returns at once; no network is waited for."""
        if offline:
            self._context.offline.set()
        Database.open(self._paths.database)
        self._lock.acquire()
        self._accounts.enter_in_store()
        self._local.start(file_drafts=self.leading and self._watch)
        if self.leading:
            self._led()
        self._doorman.start()

    def _led(self) -> None:
        """The lead is ours, from the beginning or since the process that had it has gone."""
        self._crew.start()
        if self._watch:
            self._index.start()

    def _tell_of_keyring(self, waiting: bool) -> None:
        self._context.board.tell(KeyringWaits(waiting))

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Hear every event, on the engine's threads: keep it short. Answers the function that ends it."""
        return self._context.board.listen(listener)

    def status(self, account: str) -> AccountStatus:
        """What an account is doing now."""
        return self._context.board.status(account)

    def post(self, command: Command) -> Future[Any]:
        """Ask for something; the Future has the answer that `model.command` names, or a MailError."""
        if self._closing.is_set():
            return refused(Cancelled("The program is closing."))
        if isinstance(command, BeginSignIn | PasteAnswer | CancelSignIn):
            return in_thread(lambda: self._sign_ins.carry_out(command), type(command).__name__)
        if isinstance(command, FindSettings):
            return in_thread(lambda: find_settings(self._context, command), "discovery")
        if isinstance(command, Diagnose):
            return in_thread(lambda: diagnose(self._context, self._paths, command), "checks")
        if isinstance(command, SaveAccount | RemoveAccount | SignIn | TestAccount):
            return in_thread(lambda: self._accounts.carry_out(command), type(command).__name__)
        if isinstance(
            command, Fetch | FetchBody | SendNow | Stop | GoOffline | SwitchProtocol | ReloadSettings
        ):
            return self._post_network(command)
        return self._local.post(command)

    def _post_network(self, command: NetworkCommand) -> Future[Any]:
        if not self.leading and not isinstance(command, GoOffline):
            return in_thread(lambda: ask_leader(self._context, command, self._closing), "request")
        match command:
            case Fetch():
                return self._crew.fetch(command)
            case FetchBody(message):
                return self._crew.open_body(message)
            case SendNow(ids):
                return self._crew.send(ids)
            case Stop(account):
                self._crew.cancel(account)
                return answered()
            case GoOffline(offline):
                self._crew.go_offline(offline)
                return answered()
            case ReloadSettings():
                return in_thread(self._accounts.reload, "reload")
            case SwitchProtocol():
                return in_thread(
                    lambda: switch_protocol(self._context, self._crew, self._accounts, command), "switch"
                )

    def _tell_leader(self) -> bool:
        """Have the process that leads read configuration and keyring again; False when that is this one."""
        if self.leading:
            return False
        self._post_network(ReloadSettings()).result()
        return True

    def close(self, within: float = 2.0) -> bool:
        """End every thread within so many seconds, also when servers hang. True when all have ended."""
        deadline = time.monotonic() + within
        self._closing.set()
        self._sign_ins.close()
        self._doorman.close(deadline)
        ended = self._crew.close(deadline)
        self._index.close(deadline)
        self._context.credentials.kept.close(deadline)
        self._local.close(deadline)
        self._lock.release()
        return ended

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
