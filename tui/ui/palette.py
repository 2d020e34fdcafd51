"""Every command by its name (Ctrl+P): what the keys do, the folders, the themes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.types import IgnoreReturnCallbackType

from tui.ui import keys
from tui.ui.places import place_of
from tui.ui.screens.mail import MailScreen

if TYPE_CHECKING:
    from textual.dom import DOMNode

_Command = tuple[str, str, IgnoreReturnCallbackType]


class Commands(Provider):
    """The commands of the screen that is open, and on the mail screen every folder."""

    async def discover(self) -> Hits:
        """What is listed before anything is typed: the commands with a key."""
        for name, help_text, run in self._keys():
            yield DiscoveryHit(Content(name), run, name, help_text)

    async def search(self, query: str) -> Hits:
        """What fits the words typed."""
        matcher = self.matcher(query)
        for name, help_text, run in (*self._keys(), *self._folders(), *self._themes()):
            if (score := matcher.match(name)) > 0:
                yield Hit(score, Content(name), run, name, help_text)

    def _keys(self) -> Iterator[_Command]:
        screen = self.screen
        nodes: list[tuple[str, DOMNode]] = [(getattr(screen, "SCOPE", ""), screen), ("app", self.app)]
        if isinstance(screen, MailScreen):
            nodes.append(("list", screen.listing))
        for scope, node in nodes:
            for key in keys.TABLE:
                if key.scope == scope and key.id not in _NOT_LISTED and not key.id.startswith("mail.folder_"):
                    name = f"{key.label} · {key.sentence}"
                    yield name, f"Key {keys.shown(key.keys)}", partial(_run, node, key.action)

    def _folders(self) -> Iterator[_Command]:
        screen = self.screen
        if isinstance(screen, MailScreen):
            for folder in screen.desk.reader.folders():
                if folder.selectable:
                    place = place_of(folder)
                    name = f"Go to {place.title}"
                    yield name, _plain(f"{folder.name} · {folder.account}"), partial(screen.go_to, place)

    def _themes(self) -> Iterator[_Command]:
        for name in self.app.available_themes:
            yield f"Theme {name}", "Colours for this session", partial(setattr, self.app, "theme", name)


_NOT_LISTED = frozenset({"app.palette", "mail.cancel", "mail.back", "mail.pane_next", "mail.pane_previous"})


async def _run(node: DOMNode, action: str) -> None:
    await node.app.run_action(action, default_namespace=node)


def _plain(text: str) -> str:
    """Untrusted text for the palette's help line, which Textual reads as markup."""
    from rich.markup import escape

    from tui.model.safe_text import safe_line

    return escape(safe_line(text, 200))
