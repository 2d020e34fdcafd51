"""A very long text, as machines write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

_STEPS = ("fetch", "unpack", "compile", "link", "test", "sign", "pack", "publish")
_LINES = 30_000


def written(now: datetime) -> str:
    """About 2.4 MB of a build's log that ended last night; the same text for the same `now`."""
    return "\n".join(_lines(now.replace(hour=2, minute=0, second=0, microsecond=0) - timedelta(days=1)))


def _lines(start: datetime) -> Iterator[str]:
    for number in range(_LINES):
        seconds, milliseconds = divmod(number * 317, 1000)
        clock = (
            f"{start.hour + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"
        )
        step = _STEPS[number * len(_STEPS) // _LINES]
        digest = number * 2_654_435_761 % 2**32
        yield f"{clock} [{step:<7}] module {number % 412:03}: unit {number:05} of {_LINES} done, checksum {digest:08x}"
