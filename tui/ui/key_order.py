"""Keys take effect one after the other, however fast they come.

Textual hands a key to the focused widget and goes on with the next one. A letter is then typed at once, while
Backspace, Tab or `/` first travel up to the app before their action runs (Textualize/textual#6605). Over a
slow line keys come in bundles: letters would be typed before the Backspace that came first, or into the field
that Tab has left, or be taken for commands where `/` was to open the search.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.worker import WorkType

_PATIENCE = 0.5
"""Seconds after which a key is no longer waited for: a widget that hangs must not take the keyboard along."""


class KeyOrder:
    """Hands keys, clicks and pasted texts on one at a time.

    `hand_on` gives one to the widgets and answers to which; the first is handed on at once, so that somebody
    who types at a human pace never waits.
    """

    def __init__(self, app: App[str], hand_on: Callable[[events.Event], Awaitable[DOMNode | None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[events.Event] = deque()
        self._busy = False

    async def take(self, event: events.Event) -> None:
        """Hand `event` on now, or when those before it have taken effect."""
        if self._busy:
            self._waiting.append(event)
            return
        self._busy = True
        target = await self._hand_on(event)
        follow: WorkType[None] = partial(self._follow, target)
        self._app.run_worker(follow, group="keys", name="keys")

    async def _follow(self, target: DOMNode | None) -> None:
        try:
            await self._settle(target)
            while self._waiting:
                await self._settle(await self._hand_on(self._waiting.popleft()))
        finally:
            self._busy = False

    async def _settle(self, target: DOMNode | None) -> None:
        """Wait until a key has been with all widgets above `target`, and what it asked for is done.

        The app is asked more than once: the focus moves one step after the action that moves it, and on a new
        screen when that has been built.
        """
        nodes: list[MessagePump] = [*(target.ancestors_with_self if target else ()), self._app]
        try:
            async with asyncio.timeout(_PATIENCE):
                for node in nodes:
                    await _passed(node)
                for node in (*self._app.screen_stack[-1:], self._app):
                    await _passed(node)
        except TimeoutError:
            return


async def _passed(node: MessagePump) -> None:
    """Wait until a widget has seen to everything it was sent so far."""
    passed = asyncio.Event()
    if node.call_later(passed.set):
        await passed.wait()
