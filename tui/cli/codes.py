"""Which exit code counts where several things went wrong."""

from __future__ import annotations

from collections.abc import Iterable

_BY_WEIGHT = (1, 2, 74, 73, 78, 77, 76, 75, 69, 66, 65)


def worst(codes: Iterable[int]) -> int:
    """The gravest of some exit codes, 0 for none: first our own faults and the store's, then what a person
    must mend, then what mends itself."""
    bad = [code for code in codes if code]
    if not bad:
        return 0
    return min(bad, key=lambda code: _BY_WEIGHT.index(code) if code in _BY_WEIGHT else 0)
