"""One line at the foot of the screen: what every account does, what waits, what can be undone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import ceil

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.model.event import AccountStatus, Phase
from tui.model.safe_text import safe_line
from tui.ui import words
from tui.ui.widgets.cells import cut, stable

_TONES = {
    "dim": "$quiet",
    "accent": "$accent",
    "good": "$success",
    "warn": "$warning",
    "bad": "bold $error",
    "text": "$foreground",
}
_BAR = 10
_FLASH_SECONDS = 8.0

Run = tuple[str, str]


class StatusBar(Widget):
    """Shows account states, the outbox, a passing sentence, or the keys a started sequence may go on with."""

    class Pressed(Message):
        """The line was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.states: Sequence[AccountStatus] = ()
        self.waiting = 0
        self.offline = False
        self.banner = ""
        self.leaving = 0.0
        self.refused = 0
        self.stuck = ""
        self._flash = ""
        self._flash_until = 0.0
        self._sequence = ""
        self._keyring = False

    def on_mount(self) -> None:
        """Times in the line ("again in 30 s") go by."""
        self.set_interval(1.0, self._tick)

    def show(
        self,
        states: Sequence[AccountStatus],
        waiting: int,
        offline: bool,
        leaving: float = 0.0,
        refused: int = 0,
        stuck: str = "",
    ) -> None:
        """Show the accounts' states, how many mails wait in the outbox, and how many changes were refused.

        `leaving` is when the mail goes that can still be called back, in Unix seconds; 0 for none. `stuck`
        says for which mails the person is needed.
        """
        self.states, self.waiting, self.offline, self.leaving = states, waiting, offline, leaving
        self.refused, self.stuck = refused, stuck
        self.refresh()

    def flash(self, sentence: str) -> None:
        """Show a sentence for some seconds; "" takes it away."""
        self._flash = safe_line(sentence, 300)
        self._flash_until = time.monotonic() + _FLASH_SECONDS
        self.refresh()

    def keyring(self, waiting: bool) -> None:
        """Say that the keyring is waited for, or no more."""
        self._keyring = waiting
        self.refresh()

    def sequence(self, hint: str) -> None:
        """Show how a started key sequence may go on; "" when it is over."""
        if hint != self._sequence:
            self._sequence = hint
            self.refresh()

    def render(self) -> RenderResult:
        """The line, cut to the room there is."""
        width = self.size.width - 2
        if self._sequence:
            return Content.styled(" " + cut(self._sequence, width), _TONES["accent"])
        passing, right = self._passing(), self._right(width)
        if _cells(passing) > width - _cells(right) - 2:
            right = []
        room = width - _cells(right) - (2 if right else 0)
        left = fitted(self._left(passing, room), room)
        gap = width - _cells([*left, *right])
        runs = [(" ", "dim"), *left, (" " * max(0, gap), "dim"), *right]
        return Content.assemble(*((text, _TONES[tone]) for text, tone in runs if text))

    def on_click(self, event: events.Click) -> None:
        """A click is the same as the key that puts things right."""
        event.stop()
        self.post_message(self.Pressed())

    @property
    def text(self) -> str:
        """What the line says now, for tests and screen readers."""
        content = self.render()
        return content.plain if isinstance(content, Content) else str(content)

    def _passing(self) -> list[Run]:
        """What is said for some seconds only."""
        if self._keyring:
            return [(words.KEYRING_WAITS, "warn")]
        runs: list[Run] = []
        if self._flash and time.monotonic() < self._flash_until:
            runs.append((self._flash, "text"))
        if (left := self.leaving - time.time()) > 0:
            runs += [("   " if runs else "", "dim"), (f"Sending in {ceil(left)} s · U undoes", "accent")]
        return runs

    def _left(self, passing: list[Run], room: int) -> list[Run]:
        """What passes, and the accounts beside it where there is room for all of both."""
        accounts = account_words(self.states, time.time(), self.offline)
        if not passing:
            return accounts
        both = [*passing, ("   ", "dim"), *accounts]
        return both if _cells(both) <= room else passing

    def _right(self, width: int) -> list[Run]:
        """What waits for the person, then what waits by itself; as much as half the line has room for."""
        said = [
            (f"▲ {words.count(self.refused, 'change')} refused (g x)" if self.refused else "", "warn"),
            (self.stuck or self._waiting, "warn"),
            (self.banner, "accent"),
        ]
        runs: list[Run] = []
        for text, tone in said:
            more = (("  " * bool(runs)) + text, tone)
            if text and (_cells([*runs, more]) < width // 2 or (not runs and width > 40)):
                runs.append(more)
        return runs

    @property
    def _waiting(self) -> str:
        return f"↑ {words.count(self.waiting, 'mail')} in the outbox" if self.waiting else ""

    def _tick(self) -> None:
        if self._flash and time.monotonic() >= self._flash_until:
            self._flash = ""
            self.refresh()
        elif self.leaving > time.time() - 1 or any(
            state.phase in {Phase.FETCHING, Phase.OFFLINE, Phase.BUSY} for state in self.states
        ):
            self.refresh()


def account_words(states: Sequence[AccountStatus], now: float, offline: bool) -> list[Run]:
    """All accounts in words; those that need nothing are drawn together into one sentence."""
    if offline:
        return [("○ ", "dim"), ("Working offline (Ctrl+O goes online)", "text")]
    if not states:
        return [("No account yet (press , for settings)", "dim")]
    calm = [state for state in states if state.phase is Phase.UP_TO_DATE and not state.problems]
    others = sorted(
        (state for state in states if state not in calm), key=lambda state: not words.trouble(state)
    )
    runs: list[Run] = []
    for state in others:
        name = f"{safe_line(state.account, 60)}: " if len(states) > 1 else ""
        runs += [("   " if runs else "", "dim"), *_one(state, name, now)]
    if calm:
        oldest = min(calm, key=lambda state: state.since)
        many = f"{len(calm)} accounts: " if len(calm) > 1 else f"{safe_line(calm[0].account, 60)}: "
        runs += [("   " if runs else "", "dim"), *_one(oldest, many if len(states) > 1 else "", now)]
    return [(stable(text), tone) for text, tone in runs]


def fitted(runs: Sequence[Run], room: int) -> list[Run]:
    """The runs cut to `room` cells together."""
    kept: list[Run] = []
    for text, tone in runs:
        if room <= 0:
            break
        kept.append((cut(text, room), tone))
        room -= cell_len(kept[-1][0])
    return kept


def _cells(runs: Sequence[Run]) -> int:
    return sum(cell_len(text) for text, _ in runs)


def _one(state: AccountStatus, name: str, now: float) -> list[Run]:
    dot, tone = words.DOTS[state.phase]
    runs = [
        (f"{dot} ", tone),
        (name, "dim"),
        (words.status(state, now), "bad" if words.trouble(state) else "text"),
    ]
    if state.phase is Phase.FETCHING and state.total > 0:
        done = min(_BAR, _BAR * state.done // state.total)
        runs += [(" ", "dim"), ("━" * done, "accent"), ("─" * (_BAR - done), "dim"), (" Esc stops", "dim")]
    return runs
