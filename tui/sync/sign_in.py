"""Running sign-ins by OAuth: begun, answered, cancelled."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.config import desktop
from tui.model.account import Account
from tui.model.command import BeginSignIn, CancelSignIn, PasteAnswer
from tui.model.error import BadInput, Cancelled, MailError, Refused, SignInNeeded
from tui.model.event import SigningIn
from tui.model.issuer import Identity, identity_of
from tui.model.secret import Secret
from tui.model.sign_in import SignedIn, SignInStep, Way
from tui.sync import futures
from tui.sync.context import Context
from tui.sync.crew import Crew

if TYPE_CHECKING:
    from tui.net.oauth import Grant

log = logging.getLogger(__name__)

_LOOK = 0.1
_ENDING = 0.3
_NO_CLIENT_ID = (
    "Give the program its own: outlook-tui account set {address} client-id=…, client_id in the settings, or "
    "the variable OUTLOOK_TUI_CLIENT_ID. outlook-tui account login {address} shows how to get one."
)


class Running:
    """One sign-in that is under way: how to stop it, and the way to it for pasted addresses."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.cancelled = threading.Event()
        self._answers: queue.SimpleQueue[tuple[Secret, Future[None]]] = queue.SimpleQueue()
        self._judged: Future[None] | None = None
        self._lock = threading.Lock()
        self._over = False

    def paste(self, url: Secret) -> Future[None]:
        """Hand in a pasted address; the Future says whether it was of use."""
        verdict: Future[None] = Future()
        with self._lock:
            if self._over:
                futures.refuse(verdict, _nothing_waits())
            else:
                self._answers.put((url, verdict))
        return verdict

    def next_answer(self) -> Secret | None:
        """The next pasted address, None when there is none for a moment."""
        with suppress(queue.Empty):
            url, self._judged = self._answers.get(timeout=_LOOK)
            return url
        return None

    def wrong(self, error: MailError) -> None:
        """The address handed out last was of no use."""
        if self._judged:
            futures.refuse(self._judged, error)

    def end(self) -> None:
        """It is over, well or not: who pasted the last address hears so from the sign-in itself."""
        with self._lock:
            self._over = True
        if self._judged:
            futures.answer(self._judged)
        with suppress(queue.Empty):
            while True:
                futures.refuse(self._answers.get_nowait()[1], _nothing_waits())


class SignIns:
    """Carries out sign-ins, at most one an account at a time; any thread may call it.

    `tell_leader` has the process that talks to the servers read the keyring again; it answers False when that
    is this one.
    """

    def __init__(self, context: Context, crew: Crew, tell_leader: Callable[[], bool]) -> None:
        self._context = context
        self._crew = crew
        self._tell_leader = tell_leader
        self._lock = threading.Lock()
        self._running: dict[str, Running] = {}

    def carry_out(self, command: BeginSignIn | PasteAnswer | CancelSignIn) -> object:
        """The command's answer, as `model.command` says."""
        match command:
            case BeginSignIn():
                return self._sign_in(command)
            case PasteAnswer(address, url):
                self._paste(address, url)
                return None
            case CancelSignIn(address):
                self._cancel(address)
                return None

    def close(self) -> None:
        """Stop all that are under way."""
        with self._lock:
            running = list(self._running.values())
        for one in running:
            one.cancelled.set()

    def _sign_in(self, command: BeginSignIn) -> SignedIn:
        account = command.account
        identity = self._identity(account)
        running = Running(command.way or desktop.way_here(identity.issuer))
        key = account.address.lower()
        with self._lock:
            if key in self._running:
                raise Refused(
                    f"A sign-in for {account.address} is under way already.", "Finish it, or cancel it first."
                )
            self._running[key] = running
        try:
            grant = self._granted(command, identity, running)
            self._context.credentials.hold(account.address, grant, identity)
            if running.cancelled.is_set():
                self._context.credentials.kept.drop(account.address)
                raise _cancelled()
        finally:
            with self._lock:
                del self._running[key]
            running.end()
        words = self._kept(account) if command.keep else ""
        return SignedIn(account.address, grant.username, _same(account, grant.username), words)

    def _identity(self, account: Account) -> Identity:
        identity = identity_of(account, self._context.client_ids())
        if identity is None:
            raise SignInNeeded(
                f"It is not known who signs {account.address} in by token.",
                "Name its provider or its authority, use a password, or a command that prints a token.",
            )
        if not identity.client_id:
            raise SignInNeeded(
                f"{identity.issuer.title} does not know this program: there is no client id.",
                _NO_CLIENT_ID.format(address=account.address),
            )
        return identity

    def _granted(self, command: BeginSignIn, identity: Identity, running: Running) -> Grant:
        """What the service grants. A cancelled sign-in is left at once, also when its service hangs: what it
        still may be granted is thrown away."""

        def tell(step: SignInStep) -> None:
            if not running.cancelled.is_set():
                self._context.board.tell(SigningIn(command.account.address, step))

        work = futures.in_thread(lambda: _approved(command, identity, running, tell), "sign-in")
        while not wait([work], _LOOK).done:
            if running.cancelled.is_set():
                wait([work], _ENDING)
                raise _cancelled()
        grant: Grant = work.result()
        return grant

    def _kept(self, account: Account) -> str:
        """Put what was granted where the account says, and have what waited for it go on."""
        words = self._context.credentials.kept.keep(account)
        try:
            led_elsewhere = self._tell_leader()
        except MailError as error:
            log.warning("the open outlook-tui was not told of the sign-in: %s", error)
        else:
            if not led_elsewhere:
                self._crew.restart(account.address)
        return words

    def _paste(self, address: str, url: Secret) -> None:
        with self._lock:
            running = self._running.get(address.lower())
        if running is None or running.way is not Way.PASTE:
            raise _nothing_waits()
        running.paste(url).result()

    def _cancel(self, address: str) -> None:
        with self._lock:
            running = self._running.get(address.lower())
        if running:
            running.cancelled.set()
        self._context.credentials.kept.drop(address)


def _approved(
    command: BeginSignIn, identity: Identity, running: Running, tell: Callable[[SignInStep], None]
) -> Grant:
    from tui.net import oauth  # imported here, on a thread that may wait: msal is heavy

    login = command.account.login
    hint = login.username if login and "@" in login.username else command.account.address
    match running.way:
        case Way.BROWSER:
            return oauth.by_browser(
                identity, hint, tell, desktop.open_url, running.cancelled, again=command.again
            )
        case Way.DEVICE:
            return oauth.by_device(identity, tell, running.cancelled)
        case Way.PASTE:
            return oauth.by_paste(
                identity,
                hint,
                tell,
                running.next_answer,
                running.wrong,
                running.cancelled,
                again=command.again,
            )


def _same(account: Account, username: str) -> bool:
    """Whether the name that was signed in is the account's. Aliases make it differ, so that is asked about
    and no error; a service that says no name leaves nothing to ask."""
    login = account.login
    known = {account.address.casefold(), login.username.casefold() if login else ""}
    return not username or username.casefold() in known


def _cancelled() -> Cancelled:
    return Cancelled("The sign-in was cancelled.")


def _nothing_waits() -> BadInput:
    return BadInput("No sign-in waits for a pasted address.", "Begin one first.")
