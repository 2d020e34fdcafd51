"""Finding servers and sign-in for an address: what is built in at once, and what the network knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.model.command import FindSettings
from tui.model.finding import Finding, Source
from tui.model.preset import by_address, by_name, guessed
from tui.sync.context import Context

if TYPE_CHECKING:
    from tui.net.discover import Lookup

_OFFLINE = "You work offline, so only what is built in was looked at"
_GUESSED = "guessed: the usual names of servers, which nobody has confirmed"
_NO_NAME = "nothing can be found for an address like this"


def find_settings(
    context: Context, command: FindSettings, lookup: Lookup | None = None
) -> tuple[Finding, ...]:
    """The answer to FindSettings: the best first, never empty. A guess comes only where nothing else does.

    `lookup` says whom to ask instead of the usual ones.
    """
    known = by_address(command.address)
    if known is not None:
        return (Finding(known, Source.KNOWN, "known by its domain"),)
    domain = _domain(command.address)
    if not domain:
        return (Finding(by_name("other") or guessed(command.address), Source.GUESS, _NO_NAME),)
    if not command.network:
        return (_guess(domain),)
    if context.offline.is_set():
        return (_guess(domain, _OFFLINE),)
    return _asked(domain, lookup)


def _asked(domain: str, lookup: Lookup | None) -> tuple[Finding, ...]:
    from tui.net.discover import Lookup, discover

    found = discover(domain, lookup or Lookup())
    if sure := tuple(one for one in found.findings if not one.guessed):
        return sure
    guesses = found.findings or (_guess(domain),)
    return tuple(replace(one, words=_words(one.words, found.obstacle)) for one in guesses)


def _domain(address: str) -> str:
    """The address's domain in A-labels, "" when it is none that the DNS could know."""
    from tui.mail.addresses import ascii_domain
    from tui.net.autoconfig import is_host

    domain = (ascii_domain(address.rpartition("@")[2].strip()) or "").lower()
    return domain if is_host(domain) else ""


def _guess(domain: str, why: str = "") -> Finding:
    return Finding(guessed(f"@{domain}"), Source.GUESS, _words(_GUESSED, why))


def _words(words: str, why: str) -> str:
    return f"{words}. {why}" if why else words
