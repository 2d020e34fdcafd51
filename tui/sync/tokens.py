"""What is kept of a sign-in by OAuth 2.0, and how long its access token serves. No I/O."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from tui.model.secret import Secret
from tui.model.sign_in import TokenFacts

if TYPE_CHECKING:
    from tui.model.issuer import Identity
    from tui.net.oauth import Grant

AHEAD = 300.0
"""Seconds before its end at which an access token is renewed; a quarter of its life where that is less."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks that a token's age is told by: Unix seconds, which may be set, and steady seconds, which
    may stand still while the computer sleeps. A token is as old as the one says that makes it older."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic


class Age(Enum):
    """What may be done with an access token: used; used while no newer one can be had; not used."""

    FRESH = auto()
    NEAR = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Record:
    """What the keyring has of a sign-in. A refresh token serves only the client id it was given to, so that
    and the authority are those of the sign-in, whatever the configuration says later. `obtained` is Unix
    time."""

    refresh_token: Secret
    client_id: str
    authority: str
    scopes: tuple[str, ...]
    username: str
    obtained: float

    def to_json(self) -> Secret:
        """The record as text for the keyring."""
        fields = {
            "v": _VERSION,
            "refresh_token": self.refresh_token.reveal(),
            "client_id": self.client_id,
            "authority": self.authority,
            "scopes": list(self.scopes),
            "username": self.username,
            "obtained": self.obtained,
        }
        return Secret(json.dumps(fields))

    @classmethod
    def from_json(cls, text: Secret) -> Record | None:
        """The record of a text from the keyring, None when it is none that this program understands."""
        try:
            fields = json.loads(text.reveal())
            if fields["v"] != _VERSION or not fields["refresh_token"]:
                return None
            return cls(
                Secret(str(fields["refresh_token"])),
                str(fields["client_id"]),
                str(fields["authority"]),
                tuple(str(scope) for scope in fields["scopes"]),
                str(fields["username"]),
                float(fields["obtained"]),
            )
        except (ValueError, TypeError, LookupError):
            return None


@dataclass(frozen=True, slots=True)
class Token:
    """An access token: the scopes it was asked with, its life in seconds, its end in Unix time, and the
    steady time at which it was taken in."""

    secret: Secret
    asked: tuple[str, ...]
    life: float
    expires: float
    began: float

    def left(self, clock: Clock) -> float:
        """Seconds until it ends, by the clock that says less; negative when it has ended."""
        return min(self.expires - clock.wall(), self.began + self.life - clock.steady())

    @property
    def ahead(self) -> float:
        """Seconds before its end at which it is to be renewed."""
        return min(AHEAD, self.life / 4)


@dataclass(frozen=True, slots=True)
class Kept:
    """A sign-in: its record, and the access token while there is one."""

    record: Record
    token: Token | None = None

    def age(self, scopes: tuple[str, ...], clock: Clock) -> Age:
        """What may be done with the token by one who needs `scopes`."""
        if self.token is None or self.token.asked != scopes:
            return Age.OVER
        left = self.token.left(clock)
        if left > self.token.ahead:
            return Age.FRESH
        return Age.NEAR if left > 0 else Age.OVER

    def facts(self) -> TokenFacts:
        """What may be shown of it."""
        expires = self.token.expires if self.token else 0.0
        return TokenFacts(self.record.obtained, expires, self.record.scopes, self.record.username)


def kept_of(grant: Grant, identity: Identity, before: Record | None, clock: Clock) -> Kept | None:
    """The sign-in that a grant makes, `before` being the one it renews. None when there is no refresh token.

    A renewal that gives no new refresh token, or the same one, leaves the record as it is.
    """
    refresh_token = grant.refresh_token or (before.refresh_token if before else None)
    if refresh_token is None:
        return None
    record = Record(
        refresh_token,
        identity.client_id,
        identity.authority,
        grant.scopes or identity.scopes,
        grant.username or (before.username if before else ""),
        grant.obtained,
    )
    if before and before.refresh_token == refresh_token and before.scopes == record.scopes:
        record = before
    life = grant.expires - grant.obtained
    token = Token(grant.access_token, identity.scopes, life, clock.wall() + life, clock.steady())
    return Kept(record, token)
