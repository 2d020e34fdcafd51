"""The attachments of a mail being written, side by side; Enter or a click on one offers to take it off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from tui.model.draft import DraftFile
from tui.model.safe_text import safe_line
from tui.ui.words import size


class AttachmentBar(Horizontal):
    """One button for each attachment; hidden while there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("delete,backspace", "remove", "Remove", show=False),
    ]

    class Removed(Message):
        """The person wants an attachment gone; `sure` when it need not be asked."""

        def __init__(self, file: DraftFile, sure: bool) -> None:
            super().__init__()
            self.file = file
            self.sure = sure

    def __init__(self, files: Sequence[DraftFile], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._files = tuple(files)
        self.display = bool(files)

    def compose(self) -> ComposeResult:
        """A label, then the buttons."""
        yield Static(Content("Files"), classes="label")
        for number, file in enumerate(self._files):
            label = Content.assemble(safe_line(file.filename, 60), (f" {size(file.size)}", "dim"))
            yield Button(label, name=str(number), compact=True)

    async def show(self, files: Sequence[DraftFile]) -> None:
        """Draw these attachments instead."""
        if self._files != tuple(files):
            self._files = tuple(files)
            self.display = bool(files)
            await self.recompose()

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Ask the screen to ask."""
        event.stop()
        self.post_message(self.Removed(self._files[int(event.button.name or 0)], sure=False))

    def action_remove(self) -> None:
        """Take the one with the focus off at once."""
        focused = self.screen.focused
        if isinstance(focused, Button) and focused.parent is self:
            self.post_message(self.Removed(self._files[int(focused.name or 0)], sure=True))
