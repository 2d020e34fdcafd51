"""Reading a small XML document that a stranger wrote, into a tree of plain values.

Whatever needs a document type is refused before it can take effect: entities that grow (billion laughs),
entities that read files or fetch addresses, defaults of attributes. Size, depth and number of elements are
bounded, and the encoding is UTF-8 (or what a byte order mark says) whatever the document says, so that no
codec of Python's is ever run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_OCTETS = 256 * 1024
MOST_ELEMENTS = 4_000
DEEPEST = 24


@dataclass(slots=True)
class Element:
    """One element: its name as written, its attributes, the elements in it, and the text of its own."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator[Element]:
        """The elements of that name directly in this one, in their order."""
        return (child for child in self.children if child.name == name)

    def texts(self, name: str) -> list[str]:
        """Their texts without blanks around them; empty ones are left out."""
        return [text for child in self.all(name) if (text := child.text.strip())]

    def text_of(self, name: str) -> str:
        """The first of these texts, "" when there is none."""
        return next(iter(self.texts(name)), "")


def read(document: bytes) -> Element:
    """The document's root element. Raises ValueError for anything but a small, plain, well-formed one."""
    # Guarded as defusedxml guards it, which is nothing but such handlers around the same expat.
    from xml.parsers import expat

    if len(document) > MOST_OCTETS:
        raise ValueError(f"longer than {MOST_OCTETS} octets")
    top = Element("")
    builder = _Builder(top)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed: {error}") from error
    return top.children[0]


def _refuse_doctype(*_: object) -> None:
    raise ValueError("it has a document type")


class _Builder:
    """Takes expat's events and grows the tree."""

    def __init__(self, top: Element) -> None:
        self._open = [top]
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) > DEEPEST:
            raise ValueError("too many elements, or too deep")
        element = Element(name, attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._open[-1].text += text
