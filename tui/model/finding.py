"""Settings that were found for an address, each with where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui.model.preset import Preset


class Source(StrEnum):
    """Where settings come from, the surest first."""

    KNOWN = "known"
    MX = "mx"
    PROVIDER = "autoconfig"
    ISPDB = "ispdb"
    SRV = "srv"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Finding:
    """Settings for an address. `words` tells the person how they were found ("by its mail exchanger …"),
    without a full stop at the end."""

    preset: Preset
    source: Source
    words: str

    @property
    def guessed(self) -> bool:
        """Whether nobody has said that it is so."""
        return self.source is Source.GUESS
