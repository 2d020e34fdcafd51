"""Finding servers and sign-in for an address."""

from __future__ import annotations

from tui.model.command import FindSettings
from tui.model.finding import Finding, Source
from tui.model.preset import by_address, guessed
from tui.sync.context import Context


def find_settings(context: Context, command: FindSettings) -> tuple[Finding, ...]:
    """The answer to FindSettings: the best first, never empty."""
    known = by_address(command.address)
    if known is not None:
        return (Finding(known, Source.KNOWN, "known by its domain"),)
    return (Finding(guessed(command.address), Source.GUESS, "guessed: the usual names of servers"),)
