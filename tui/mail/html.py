"""The HTML of a mail as lines of styled text. Nothing is ever fetched; what a reader would not see is not
shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tui.mail import html_elements as elements
from tui.mail import html_style, html_table, html_tokens, links
from tui.model.content import Line, Link, Span, Style
from tui.model.safe_text import clean

_LONGEST = 4_000_000
_MOST_LINES = 50_000
_MOST_LINKS = 5_000
_DEEPEST_QUOTE = 20
_DEEPEST_TABLE = 20
_MOST_EFFECTS = 2_000
_REACH = 100  # how far down the open elements an end tag is matched; keeps hostile nesting linear
_BLANKS = re.compile("[ \t\n\r\f\xa0\u2000-\u200a\u202f\u205f]+")
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_NUMBER = re.compile(r"\s*-?\d{1,6}")
_MARKED = re.compile("style|hidden|background", re.IGNORECASE)


class _State(NamedTuple):
    """What an element hands on to those inside it; `style` is a Style as a plain number, which is joined with
    another in a tenth of the time."""

    gone: bool = False
    hidden: bool = False
    style: int = 0
    link: int = 0
    pre: bool = False
    quote: int = 0


class _Effect(NamedTuple):
    """What an element's name and attributes change; None leaves what is handed on."""

    gone: bool = False
    hidden: bool | None = None
    style: int = 0
    pre: bool | None = None
    pictures: int = 0


_NO_EFFECT = _Effect()
_DIM = int(Style.DIM)


class _Open(NamedTuple):
    """An open element and the state around it."""

    name: str
    around: _State


def render(source: str) -> tuple[tuple[Line, ...], tuple[Link, ...], int]:
    """Unwrapped lines of safe text, the links in them (spans point into these, from 1), and the number of
    pictures that were not loaded. Never raises; takes time linear in the length of `source`.
    """
    page = html_table.Page()
    walker = _Walker(page)
    for kind, name, rest in html_tokens.tokens(source[:_LONGEST]):
        if kind == "text":
            walker.text(rest)
        elif kind == "open":
            walker.open(name, rest)
        else:
            walker.close(name)
        if page.written > _MOST_LINES:  # more than anybody reads
            break
    return walker.finish()


class _Walker:
    """The open elements and the lines so far."""

    def __init__(self, page: html_table.Page) -> None:
        self._state = _State()
        self._stack: list[_Open] = []
        self._page = page
        self._tables: list[html_table.Table] = []
        self._counters: list[int] = []
        self._links: list[tuple[str, list[str]]] = []
        # Newsletters say the same style hundreds of times.
        self._effects: dict[tuple[str, str], _Effect] = {}
        self._count: dict[str, int] = {}
        self._pictures = 0

    def finish(self) -> tuple[tuple[Line, ...], tuple[Link, ...], int]:
        """Close everything, and hand over."""
        self._pop_to(0)
        made: list[Link] = []
        numbers = [0]
        for href, words in self._links:
            link = links.make("".join(words).strip(), href)
            made.extend([link] if link else [])
            numbers.append(len(made) if link else 0)
        lines = self._page.finish()
        if len(made) != len(self._links):
            lines = [_renumbered(line, numbers) for line in lines]
        return tuple(lines), tuple(made), self._pictures

    def text(self, raw: str) -> None:
        """A run of text between two tags."""
        state = self._state
        if state.gone or state.hidden:
            return
        if state.pre:
            text = html_tokens.unescape(raw)
            self._preformatted(clean(text.replace("\r\n", "\n").replace("\r", "\n")))
            return
        # Most runs of real mail are line breaks between tags, or plain words.
        if raw.isspace():
            if self._page.at_blank and not state.link:  # a link's words may go on behind the end of a line
                return
            text = " "
        else:
            text = _words(raw)
        if text:
            self._page.write(text, state.style, state.link, state.quote)
            if state.link:
                self._links[state.link - 1][1].append(text)

    def _preformatted(self, text: str) -> None:
        state = self._state
        for index, piece in enumerate(text.expandtabs(8).split("\n", _MOST_LINES)):
            if index:
                self._page.end_line(keep=True)
            if piece:
                self._page.write_raw(piece, state.style, state.link, state.quote)

    def open(self, name: str, rest: str) -> None:
        """An opening tag."""
        closing = elements.CLOSES.get(name)
        if closing:
            self._close_nearest(closing[0], closing[1])
        gone = self._state.gone
        if name in elements.BLOCKS:
            if self._count.get("p") and name not in elements.TABLE_PARTS:
                self._close_nearest(elements.PARAGRAPH, elements.CELL_EDGE)
            self._page.end_line()
            if not gone and name in elements.SPACED:
                self._page.blank()
        if name in elements.VOID:
            if not gone:
                self._void(name, rest)
            return
        self._stack.append(_Open(name, self._state))
        self._count[name] = self._count.get(name, 0) + 1
        if not gone and (rest or name in elements.OF_THEIR_OWN):
            self._enter(name, rest)

    def _enter(self, name: str, rest: str) -> None:
        effect = self._effects.get((name, rest))
        if effect is None:
            effect = _effect(name, rest)
            if len(self._effects) < _MOST_EFFECTS:
                self._effects[name, rest] = effect
        if effect is not _NO_EFFECT:
            self._pictures += effect.pictures
            state = self._state
            self._state = _State(
                effect.gone,
                state.hidden if effect.hidden is None else effect.hidden,
                state.style | effect.style,
                state.link,
                state.pre if effect.pre is None else effect.pre,
                state.quote,
            )
            if effect.gone:
                return
        if name in elements.BEGIN:
            self._begin(name, rest)

    def _begin(self, name: str, rest: str) -> None:
        if name == "a" and "href" in rest.lower() and len(self._links) < _MOST_LINKS:
            href = html_tokens.attributes(rest).get("href", "")
            if href.strip() and not href.strip().startswith("#"):
                self._links.append((href, []))
                self._state = self._state._replace(link=len(self._links))
        elif name in ("ul", "ol", "menu", "dir"):
            start = html_tokens.attributes(rest).get("start", "") if name == "ol" and rest else ""
            first = int(start) if _NUMBER.fullmatch(start) else 1
            self._counters.append(first if name == "ol" else -1)
        elif name == "li":
            self._item(rest)
        elif name == "dd":
            self._page.indent = "    "
        elif name == "table" and len(self._tables) < _DEEPEST_TABLE:
            self._tables.append(html_table.Table(self._page, len(self._stack) - 1))
        elif name in ("td", "th") and self._tables:
            self._tables[-1].begin_cell()
        elif name == "blockquote":
            self._state = self._state._replace(quote=min(self._state.quote + 1, _DEEPEST_QUOTE))
        elif name == "q":
            self._page.write("“", self._state.style, self._state.link, self._state.quote)

    def _item(self, rest: str) -> None:
        mark = "• "
        if self._counters and self._counters[-1] >= 0:
            value = html_tokens.attributes(rest).get("value", "") if "value" in rest else ""
            number = int(value) if _NUMBER.fullmatch(value) else self._counters[-1]
            self._counters[-1] = number + 1
            mark = f"{number}. "
        depth = min(max(len(self._counters) - 1, 0), 10)
        self._page.mark = "  " * depth + mark
        self._page.indent = "  " * depth + " " * len(mark)

    def _void(self, name: str, rest: str) -> None:
        state = self._state
        if name == "br":
            self._page.end_line(keep=True)
        elif name == "hr":
            self._page.end_line()
            self._page.write("─" * 20, _DIM, 0, state.quote)
            self._page.end_line()
        elif name == "wbr":
            return
        elif name == "img":
            self._picture(html_tokens.attributes(rest))
        elif name == "input" and not state.hidden:
            found = html_tokens.attributes(rest)
            if found.get("type", "").lower() in ("submit", "button", "reset") and found.get("value"):
                self._page.write(f"[{clean(found['value'])}]", state.style, state.link, state.quote)

    def _picture(self, found: dict[str, str]) -> None:
        state = self._state
        if _REMOTE.match(found.get("src", "")):
            self._pictures += 1
        style = html_style.declarations(found.get("style", ""))
        alt = _BLANKS.sub(" ", clean(_BLANKS.sub(" ", found.get("alt", "")))).strip()
        if not alt or state.hidden or "hidden" in found or html_style.is_gone(style):
            return
        self._page.write(f"[{alt}]", state.style | _DIM, state.link, state.quote)
        if state.link:
            self._links[state.link - 1][1].append(alt)

    def close(self, name: str) -> None:
        """A closing tag; one that closes nothing is ignored, but for </p> and </br>, which stand for empty
        ones.
        """
        if self._stack and self._stack[-1].name == name:
            self._pop()
        elif name == "br":
            self._page.end_line(keep=True)
        elif name == "p" and not self._count.get("p"):
            self._page.end_line()
            self._page.blank()
        elif name in elements.INLINE:
            self._close_inline(name)
        else:
            edge = (
                frozenset({"table"})
                if name in ("tr", "td", "th", "tbody", "thead", "tfoot")
                else elements.CELL_EDGE
            )
            self._close_nearest((name,), frozenset() if name in ("table", "body", "html") else edge)

    def _close_inline(self, name: str) -> None:
        """Close a formatting element without closing blocks that were opened inside it."""
        if not self._count.get(name):
            return
        last = len(self._stack) - 1
        for index in range(last, max(last - _REACH, -1), -1):
            frame = self._stack[index]
            if frame.name == name:
                if any(inner.name in elements.BLOCKS for inner in self._stack[index + 1 :]):
                    self._state = self._state._replace(link=0) if name == "a" else self._state
                    del self._stack[index]
                    self._count[name] -= 1
                else:
                    self._pop_to(index)
                return
            if frame.name in elements.CELL_EDGE:
                return

    def _close_nearest(self, names: tuple[str, ...], edge: frozenset[str]) -> None:
        for name in names:
            if self._count.get(name):
                break
        else:
            return
        last = len(self._stack) - 1
        for index in range(last, max(last - _REACH, -1), -1):
            found = self._stack[index].name
            if found in names:
                self._pop_to(index)
                return
            if found in edge:
                return

    def _pop_to(self, index: int) -> None:
        while len(self._stack) > index:
            self._pop()

    def _pop(self) -> None:
        name, around = self._stack.pop()
        self._count[name] -= 1
        if name in elements.BLOCKS or name == "q":
            self._end(name)
        self._state = around

    def _end(self, name: str) -> None:
        seen = not self._state.gone
        if name == "q" and seen:
            self._page.write("”", self._state.style, self._state.link, self._state.quote)
        if name in elements.BLOCKS:
            self._page.end_line()
            if seen:
                self._end_block(name)

    def _end_block(self, name: str) -> None:
        if name in elements.SPACED:
            self._page.blank()
        if name in ("ul", "ol", "menu", "dir") and self._counters:
            self._counters.pop()
            self._page.indent = self._page.mark = ""
        elif name in ("li", "dd"):
            self._page.indent = self._page.mark = ""
        elif name in ("td", "th") and self._tables:
            self._tables[-1].end_cell()
        elif name == "tr" and self._tables:
            self._tables[-1].end_row()
        elif name == "table" and self._tables and self._tables[-1].level == len(self._stack):
            self._tables.pop().finish()
            self._page.blank()


def _words(raw: str) -> str:
    """A run of text outside <pre>: decoded, blanks as one, safe."""
    text = html_tokens.unescape(raw) if "&" in raw else raw
    if not text.isascii() or "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:
        # Before cleaning, as a carriage return between words is none to be shown; and after it, as blanks
        # that invisible letters parted come together.
        text = _BLANKS.sub(" ", text)
        cleaned = clean(text)
        return text if cleaned is text else _BLANKS.sub(" ", cleaned)
    return clean(text)


def _effect(name: str, rest: str) -> _Effect:
    """What an element changes by its name and its attributes."""
    if name in elements.UNSEEN:
        return _Effect(gone=True)
    added = elements.STYLES.get(name)
    own = _NO_EFFECT if added is None else _Effect(style=int(added), pre=True if name == "pre" else None)
    if not rest or not _MARKED.search(rest):
        return own
    found = html_tokens.attributes(rest)
    style = html_style.declarations(found.get("style", ""))
    background = bool(_REMOTE.match(found.get("background", "")))
    made = _Effect(
        gone="hidden" in found or html_style.is_gone(style),
        hidden=html_style.text_is_hidden(style),
        style=own.style | int(html_style.drawn(style)),
        pre=html_style.is_preformatted(style, own.pre),
        pictures=html_style.remote_pictures(found.get("style", "")) + background,
    )
    return _NO_EFFECT if made == _NO_EFFECT else made


def _renumbered(line: Line, numbers: list[int]) -> Line:
    if not any(span.link for span in line.spans):
        return line

    def numbered(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(Span(span.text, span.style, numbers[span.link]) for span in spans)

    return Line(numbered(line.spans), line.quote, tuple(map(numbered, line.cells)))
