"""Signing in by OAuth 2.0 as the screen and the shell see it: ways, steps, result. No secrets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CLOCK_SKEW = 300.0
"""Seconds a clock may be wrong before it is worth a word; Microsoft's own services allow as much."""


class Way(StrEnum):
    """How a person approves: in a browser on this computer, with a code on any device, or in a browser
    anywhere whose last address is pasted here."""

    BROWSER = "browser"
    DEVICE = "device-code"
    PASTE = "paste"


@dataclass(frozen=True, slots=True)
class SignInStep:
    """What the person has to do now. `url` is to be opened; `user_code` typed there (DEVICE only), until the
    Unix time `until`. `opened`: a browser was started with the address. `words` are for the person."""

    way: Way
    url: str
    user_code: str = ""
    until: float = 0.0
    opened: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that was approved: as whom (`username`, "" where the service does not say), and whether that
    is the account's own address. `words` is "" or a sentence on a sign-in kept for this session only."""

    account: str
    username: str
    same: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What may be known of a kept sign-in: Unix times, permissions and the name. `expires` is that of the
    access token in memory, 0 while there is none."""

    obtained: float
    expires: float
    scopes: tuple[str, ...]
    username: str
