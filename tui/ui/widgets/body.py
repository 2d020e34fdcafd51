"""The text of a mail being written."""

from __future__ import annotations

from textual import events
from textual.message import Message

from tui.ui.file_names import dropped
from tui.ui.widgets.form import CleanTextArea


class Body(CleanTextArea):
    """Soft-wrapped text. File names dropped on it are not typed but told of by `Dropped`."""

    class Dropped(Message):
        """A pasted text that is nothing but names of files that exist."""

        def __init__(self, text: str, paths: list[str]) -> None:
            super().__init__()
            self.text = text
            self.paths = paths

    def __init__(self, text: str, *, id: str | None = None) -> None:
        super().__init__(
            text, soft_wrap=True, compact=True, id=id, highlight_cursor_line=False, placeholder="Write here"
        )

    async def _on_paste(self, event: events.Paste) -> None:
        paths = dropped(event.text)
        if paths:
            event.stop()
            event.prevent_default()
            self.post_message(self.Dropped(event.text, paths))
