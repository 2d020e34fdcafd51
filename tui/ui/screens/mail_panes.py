"""The panes of the mail screen: what is shown where, moving between them, and their sizes."""

from __future__ import annotations

from textual import events, on
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.ui.arrangement import LEAST_HEIGHT, LEAST_WIDTH, Arrangement, arranged, resized
from tui.ui.desk import Desk
from tui.ui.screens.mail_base import MailBase
from tui.ui.widgets.divider import Divider
from tui.ui.widgets.reading_header import ReadingHeader

_FOOTER_FROM = 20
"""Lines of the terminal from which there is room for key hints under the status line."""


class Panes(MailBase):
    """Arranges the panes for the size of the terminal."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.browsing = False
        self.now = Arrangement()
        self.list_pane = Vertical(self.header, self.search_bar, self.listing, id="list-pane")
        self.reading_pane = Vertical(self.pane_header, self.pane, id="reading-pane")
        self.mail_area = Container(self.list_pane, self.list_divider, self.reading_pane, id="mail-area")
        self.too_small = Static(id="too-small")

    def rearrange(self) -> None:
        """Show the panes that fit, in their sizes."""
        width, height = self.size
        foot = 2 if height >= _FOOTER_FROM else 1
        now = arranged(
            width,
            height,
            opened=self.opened,
            browsing=self.browsing,
            setting=self.desk.settings.general.reading,
            sizes=self.memory.now.sizes,
        )
        self.now = now
        self.set_class(not now.fits, "-tiny")
        self.set_class(foot == 1, "-low")
        self.mail_area.set_class(bool(now.rows), "-below")
        self.list_divider.set_class(bool(now.rows), "-flat")
        if not now.fits:
            self.too_small.update(
                Content(
                    f"A little more room, please: {LEAST_WIDTH}×{LEAST_HEIGHT} at least.\n"
                    f"This window is {width}×{height}. Everything is kept meanwhile."
                )
            )
            return
        self.folder_tree.display = bool(now.folders)
        self.mail_area.display = bool(now.list or now.reading)
        self.list_pane.display = bool(now.list)
        self.reading_pane.display = bool(now.reading)
        self.pane_header.display = not now.list
        self.folder_divider.display = bool(now.folders and (now.list or now.reading))
        self.list_divider.display = bool(now.list and now.reading)
        self.folder_tree.styles.width = now.folders or 1
        self.list_pane.styles.width = "1fr" if now.rows or not now.reading else now.list
        self.list_pane.styles.height = now.rows if now.rows else "1fr"

    @property
    def shown_panes(self) -> list[Widget]:
        """The panes in view, from left to right."""
        panes: list[tuple[Widget, int]] = [
            (self.folder_tree, self.now.folders),
            (self.listing, self.now.list),
            (self.pane, self.now.reading),
        ]
        return [pane for pane, cells in panes if cells]

    def open_reading(self) -> None:
        """Make room for the opened message and go there."""
        self.opened, self.browsing = True, False
        self.rearrange()
        self.pane.focus()

    def close_reading(self) -> None:
        """Back to the list."""
        self.opened = self.browsing = False
        self.rearrange()
        self.listing.focus()

    def show_list(self) -> None:
        """Leave the folders, where they fill the screen."""
        if self.browsing:
            self.browsing = False
            self.rearrange()

    def action_pane(self, by: int) -> None:
        """Go to the next or previous pane; where only one fits, the folders take turns with it."""
        panes = self.shown_panes
        if len(panes) == 1:
            self.browsing = not self.browsing
            self.rearrange()
            self.shown_panes[0].focus()
            return
        focused = self.focused
        at = panes.index(focused) if focused in panes else 0
        panes[(at + by) % len(panes)].focus()

    def action_resize(self, by: int) -> None:
        """Make the pane with the focus wider or narrower."""
        names: dict[Widget, str] = {self.folder_tree: "folders", self.pane: "reading"}
        name = names.get(self.focused or self, "list")
        self._resize(name, by)

    def on_descendant_focus(self) -> None:
        """The line beside the pane with the keys is drawn in the accent."""
        self.folder_divider.set_class(self.focused is self.folder_tree, "-beside")
        self.list_divider.set_class(self.focused is self.pane, "-beside")

    @on(ReadingHeader.Pressed)
    def _back_pressed(self, message: ReadingHeader.Pressed) -> None:
        message.stop()
        self.close_reading()

    def on_resize(self, _event: events.Resize) -> None:
        """The terminal has another size."""
        self.rearrange()
        if self.focused is not None and not self.focused.is_on_screen and self.shown_panes:
            self.shown_panes[-1].focus()

    @on(Divider.Dragged)
    def _dragged(self, message: Divider.Dragged) -> None:
        message.stop()
        self._resize("folders" if message.divider is self.folder_divider else "list", message.by)

    def _resize(self, pane: str, by: int) -> None:
        if self.now.fits and len(self.shown_panes) > 1:
            self.memory.change(sizes=resized(self.memory.now.sizes, self.now, pane, by))
            self.rearrange()
