"""An app that holds one widget, with our styles and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

import tui.ui
from tui.ui import theme


class Host(App[None]):
    """Keeps every message its widget posts."""

    CSS_PATH = Path(tui.ui.__file__).with_name("styles.tcss")

    def __init__(self, widget: Widget, *kinds: type[Message]) -> None:
        super().__init__()
        self.widget = widget
        self.heard: list[Any] = []
        self._kinds = kinds
        for one in theme.THEMES:
            self.register_theme(one)
        self.theme = "outlook-dark"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.VARIABLES

    def compose(self) -> ComposeResult:
        yield self.widget

    async def on_event(self, event: Any) -> None:
        await super().on_event(event)

    async def on_message(self, message: Message) -> None:
        if isinstance(message, self._kinds):
            self.heard.append(message)

    async def _on_message(self, message: Message) -> None:
        if isinstance(message, self._kinds):
            self.heard.append(message)
        await super()._on_message(message)

    def shown(self) -> list[str]:
        """What the screen shows, line by line."""
        width, height = self.size
        lines = self.screen._compositor.render_strips()
        return [strip.text.ljust(width) for strip in lines[:height]]
