"""What a person sees of the running program, and the patience to wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot


def shown(app: App[Any]) -> str:
    """What the terminal shows, line by line."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def words(app: App[Any]) -> str:
    """What the terminal shows as one line, wherever it is wrapped."""
    return " ".join(shown(app).replace("│", " ").split())


def notes(app: App[Any]) -> list[str]:
    """The passing notes that are on the screen."""
    return [one.message for one in app._notifications]


async def until(pilot: Pilot[Any], holds: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait for something that workers, timers, threads or servers bring about."""
    deadline = time.monotonic() + seconds
    while True:
        await pilot.pause()
        if holds():
            return
        if time.monotonic() > deadline:
            seen = shown(pilot.app)
            raise AssertionError(f"it did not come; the screen shows:\n{seen}\nnotes: {notes(pilot.app)}")
        await pilot.pause(0.02)
