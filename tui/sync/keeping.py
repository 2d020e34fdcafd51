"""Sign-ins by OAuth 2.0 in memory and in the keyring; the two agree whatever thread or process writes.

A new refresh token is in the keyring before the access token that came with it is used: a crash then leaves
either the old sign-in or the new one. One that is `held` was just made and is not in use yet.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace

from tui.config.secrets import Secrets
from tui.model.account import Account, Auth, SecretSource
from tui.model.error import NotKept, SignInNeeded
from tui.model.event import Problem
from tui.model.secret import Secret
from tui.model.sign_in import TokenFacts
from tui.sync.board import Board
from tui.sync.tokens import Clock, Kept, Record, Token

log = logging.getLogger(__name__)

OAUTH = "oauth"
"""The keyring's slot of a sign-in by OAuth."""
JUST_MADE = 60.0
"""Seconds in which a token that a server refuses is not to blame."""


class Keeping:
    """The sign-ins of all accounts. Any thread may use it. Addresses are keys without regard to case."""

    def __init__(self, secrets: Secrets, board: Board, clock: Clock) -> None:
        self._secrets = secrets
        self._board = board
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # from keyring to memory and back: nothing forgotten must return
        self._kept: dict[str, Kept] = {}
        self._held: dict[str, Kept] = {}
        self._unwritten: set[str] = set()  # whose sign-in should be in the keyring and is not

    # In use

    def of(self, address: str) -> Kept | None:
        """The sign-in in use, from the keyring at first; None without one. Raises SignInNeeded when the
        keyring cannot be asked."""
        key = _key(address)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None:
            return kept
        with self._writing:
            if record := self._record(key):
                with self._lock:
                    kept = self._kept.setdefault(key, Kept(record))
        return kept

    def token(self, address: str, secret: Secret) -> Token | None:
        """The token in use whose text is `secret`, None when it is a password or was entered by hand."""
        with self._lock:
            kept = self._kept.get(_key(address))
        return kept.token if kept and kept.token and kept.token.secret == secret else None

    def spent(self, address: str) -> None:
        """A server says that the access token has run its time, whatever the clocks say."""
        with self._lock:
            kept = self._kept.get(_key(address))
            if kept and kept.token and self._clock.steady() - kept.token.began > JUST_MADE:
                self._kept[_key(address)] = replace(kept, token=None)

    def facts(self, address: str) -> TokenFacts | None:
        """What may be shown of an account's sign-in; None without one. Raises SignInNeeded when the keyring
        cannot be asked."""
        with self._lock:
            kept = self._kept.get(_key(address)) or self._held.get(_key(address))
        if kept is None and (record := self._record(address)):
            kept = Kept(record)
        return kept.facts() if kept else None

    def renewed(self, account: Account, before: Kept, made: Kept) -> bool:
        """Write and use what a renewal of `before` made; False when another one took its place."""
        with self._writing:
            with self._lock:
                now = self._kept.get(_key(account.address))
            if now is None or now.record is not before.record:
                return False
            if made.record is not before.record:
                self._write_and_tell(account, made.record)
            self._use(account.address, made)
        return True

    def newer(self, address: str, known: Record) -> Kept | None:
        """Another sign-in than `known` that the keyring has, from now on in use; None where it has none or
        cannot be asked."""
        record = self._newer(address, known)
        if record is None:
            return None
        with self._lock:
            kept = self._kept[_key(address)] = Kept(record)
        return kept

    # They come and go

    def hold(self, address: str, made: Kept) -> None:
        """Hold a sign-in for `held` and `keep`."""
        with self._lock:
            self._held[_key(address)] = made

    def held(self, address: str) -> Kept | None:
        """The sign-in that is held and not kept yet."""
        with self._lock:
            return self._held.get(_key(address))

    def held_anew(self, address: str, before: Kept, made: Kept) -> None:
        """Hold what a renewal of the held one made, unless another has taken its place."""
        with self._lock:
            if self._held.get(_key(address)) is before:
                self._held[_key(address)] = made

    def drop(self, address: str) -> None:
        """Forget a sign-in that is held and not kept."""
        with self._lock:
            self._held.pop(_key(address), None)

    def keep(self, account: Account) -> str:
        """Put the sign-in that is held where the account says, and use it from now on. Without one, that is
        done with the one in use where it could not be written the last time.

        A sentence when it could be kept for this session only; "" else, also when there is nothing to keep.
        """
        key = _key(account.address)
        with self._writing:
            with self._lock:
                again = self._kept.get(key) if key in self._unwritten else None
                found = self._held.pop(key, again)
            if found is None or not account.by_token:
                return ""
            words = self._write(account, found.record)
            self._use(account.address, found)
        return words

    def read_again(self, accounts: Iterable[Account]) -> None:
        """Another process may have signed in, or removed an account: use what the keyring has now, and that
        only for accounts that there are."""
        wanted = {_key(one.address) for one in accounts}
        with self._lock:
            known = list(self._kept)
        for key in known:
            with self._writing:
                with self._lock:
                    kept = self._kept.get(key) if key in wanted else None
                    if key not in wanted:
                        self._kept.pop(key, None)
                if kept:
                    self.newer(key, kept.record)

    def forget(self, address: str) -> None:
        """Forget an account's sign-in everywhere. Raises NotKept when the keyring may still have it."""
        with self._writing:
            with self._lock:
                for memory in (self._kept, self._held):
                    memory.pop(_key(address), None)
            self._secrets.delete(_key(address), OAUTH)

    def close(self, deadline: float) -> None:
        """Let a token that is just being written reach the keyring, until `deadline` (steady seconds)."""
        if self._writing.acquire(timeout=max(0.0, deadline - time.monotonic())):
            self._writing.release()

    # Inside

    def _record(self, address: str) -> Record | None:
        text = self._secrets.get(_key(address), OAUTH)
        return Record.from_json(text) if text else None

    def _newer(self, address: str, known: Record) -> Record | None:
        try:
            found = self._record(address)
        except SignInNeeded as error:
            log.info("the keyring cannot be read again: %s (%s)", error.what, error.detail)
            return None
        return found if found and found.refresh_token != known.refresh_token else None

    def _write(self, account: Account, record: Record) -> str:
        """Put a record into the keyring, or into memory; a sentence where it should be in the keyring."""
        key = _key(account.address)
        logins = [one for one in (account.login, account.smtp_login) if one and one.auth is Auth.OAUTH2]
        try:
            if all(one.source is SecretSource.SESSION for one in logins):
                self._secrets.remember(key, OAUTH, record.to_json())
            else:
                self._secrets.set(key, OAUTH, record.to_json())
        except NotKept as error:
            self._unwritten.add(key)
            return f"{error.what} {error.hint}"
        self._unwritten.discard(key)
        return ""

    def _write_and_tell(self, account: Account, record: Record) -> None:
        """Write a renewed sign-in; that it is in memory only is told once, until it can be written again."""
        told = _key(account.address) in self._unwritten
        words = self._write(account, record)
        if words and not told:
            what = f"The sign-in of {account.address} was renewed and could not be saved."
            self._board.tell(Problem(account.address, what, words))

    def _use(self, address: str, kept: Kept) -> None:
        with self._lock:
            self._kept[_key(address)] = kept
        if kept.token:
            self._board.token(address, kept.token.expires)


def _key(address: str) -> str:
    return address.lower()
