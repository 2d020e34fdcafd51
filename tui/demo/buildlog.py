"""A very long text, as machines write them: few different words, many lines."""

from __future__ import annotations

from collections.abc import Iterator

_STEPS = ("fetch", "unpack", "compile", "link", "test", "sign", "pack", "publish")
_WORKERS = ("[worker one]", "[worker two]", "[worker three]")
_SECONDS = 3 * 60 * 60


def written() -> str:
    """The log of a night's build, about 2.4 MB; always the same."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    for second in range(_SECONDS):
        minutes, rest = divmod(second, 60)
        clock = f"{2 + minutes // 60:02}:{minutes % 60:02}:{rest:02}"
        step = _STEPS[second * len(_STEPS) // _SECONDS]
        for worker in _WORKERS:
            yield f"{clock} {worker} {step} module {second % 412:03}: done, nothing to complain about"
