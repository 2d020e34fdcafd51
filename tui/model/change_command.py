"""What is asked of the engine about changes that a server has refused; commands as in `model.command`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryChanges:
    """Tell the server once more of refused changes, () for all of them. Answers how many these are."""

    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DropChanges:
    """Give refused changes up, () for all of them: what was changed here is again as the server has it, and
    mail that it would not take stays on this computer. Answers how many these are."""

    ids: tuple[int, ...] = ()
