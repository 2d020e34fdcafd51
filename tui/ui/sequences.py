"""Following key sequences such as `g i`, which Textual's bindings do not know. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tui.ui import keys


@dataclass(frozen=True, slots=True)
class Step:
    """What a key came to: an action to run in a scope, or a hint how to go on; `taken` when it is used up."""

    taken: bool = False
    scope: str = ""
    action: str = ""
    hint: str = ""


@dataclass(slots=True)
class Follower:
    """Remembers the keys of a started sequence."""

    known: Sequence[keys.Sequence] = ()
    started: tuple[str, ...] = field(default=())

    def feed(self, key: str, scopes: Collection[str]) -> Step:
        """Take one key (Textual's name), where sequences of `scopes` are listened to."""
        pressed = (*self.started, key)
        fitting = [one for one in self.known if one.scope in scopes and one.keys[: len(pressed)] == pressed]
        for one in fitting:
            if one.keys == pressed:
                self.started = ()
                return Step(True, one.scope, one.action)
        if fitting:
            self.started = pressed
            return Step(True, hint=_hint(pressed, fitting))
        ended = bool(self.started)
        self.started = ()
        # Esc only ends the sequence; any other key that does not fit means what it always means.
        return Step(taken=ended and key == "escape")


def _hint(pressed: tuple[str, ...], fitting: Sequence[keys.Sequence]) -> str:
    ways = {keys.shown(" ".join(one.keys[len(pressed) :])): one.label for one in fitting}
    return (
        keys.shown(" ".join(pressed)) + " …   " + "   ".join(f"{key} {label}" for key, label in ways.items())
    )
