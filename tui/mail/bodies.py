"""Which parts are the text of a message and which are attached: the algorithm of RFC 8621 4.1.4."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.mail.structure import Part

_MEDIA = ("image/", "audio/", "video/")


@dataclass(slots=True)
class Bodies:
    """The parts to show as text, those to show as HTML, and those that are attached.

    `pictures` are inline media that stand in both bodies: RFC 8621 does not count them as attachments,
    but somebody who reads in a terminal can only get at them as such.
    """

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)
    pictures: list[Part] = field(default_factory=list)


def divide(root: Part) -> Bodies:
    """Sort the leaves of `root`. Recursion is bounded by the scanner's limit on levels."""
    bodies = Bodies()
    _walk([root], "mixed", False, bodies.text, bodies.html, bodies)
    return bodies


def _walk(
    parts: list[Part],
    kind: str,
    in_alternative: bool,
    text: list[Part] | None,
    html: list[Part] | None,
    bodies: Bodies,
) -> None:
    text_before = len(text) if text is not None else -1
    html_before = len(html) if html is not None else -1
    for index, part in enumerate(parts):
        shown = shown_as(part)
        if part.is_multipart and part.children:
            inner = part.type.partition("/")[2]
            _walk(part.children, inner, in_alternative or inner == "alternative", text, html, bodies)
        elif not _is_inline(part, index, kind):
            bodies.attachments.append(part)
        elif kind == "alternative":
            target = {"text/plain": text, "text/html": html}.get(shown, bodies.attachments)
            _push(target, part)
        else:
            if in_alternative and shown in ("text/plain", "text/html"):
                text, html = (text, None) if shown == "text/plain" else (None, html)
            _push(text, part)
            _push(html, part)
            if part.type.startswith(_MEDIA):
                (bodies.pictures if text is not None and html is not None else bodies.attachments).append(
                    part
                )
    _fill(kind, text, html, text_before, html_before)


def _fill(
    kind: str, text: list[Part] | None, html: list[Part] | None, text_before: int, html_before: int
) -> None:
    """An alternative that came in one form only stands for the other too."""
    if kind == "alternative" and text is not None and html is not None:
        if len(text) == text_before and len(html) != html_before:
            text.extend(html[html_before:])
        elif len(html) == html_before and len(text) != text_before:
            html.extend(text[text_before:])


def shown_as(part: Part) -> str:
    """The type a part is shown as: when no delimiter was found in the whole message, it is all text."""
    return "text/plain" if part.is_multipart and not part.children and not part.level else part.type


def _is_inline(part: Part, index: int, kind: str) -> bool:
    if part.disposition == "attachment":
        return False
    shown = shown_as(part)
    media = shown.startswith(_MEDIA)
    if not media and shown not in ("text/plain", "text/html"):
        return False
    return index == 0 or (kind != "related" and (media or not part.filename))


def _push(body: list[Part] | None, part: Part) -> None:
    if body is not None:
        body.append(part)
