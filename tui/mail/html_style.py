"""What inline CSS says of a run of text: whether it is seen at all, and how (only what a terminal
can show).
"""

from __future__ import annotations

import re

from tui.model.content import Style

_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]*)")
_ZERO = re.compile(r"\+?0*(?:\.0*)?(?:px|pt|em|rem|%|ex|vh|vw)?(?:\s*!important)?\Z")
_NUMBER = re.compile(r"\+?(\d*\.?\d+)")
_REMOTE = re.compile(r"url\(\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)
_SIZED = ("max-height", "height", "max-width", "width")


def declarations(text: str) -> dict[str, str]:
    """Properties and values of a style attribute, lower case; the last of a property counts."""
    return {match[1]: match[2].strip() for match in _DECLARATION.finditer(text.lower()[:4000])}


def is_gone(style: dict[str, str]) -> bool:
    """Whether an element and all inside it is not seen."""
    if style.get("display", "").startswith("none") or style.get("mso-hide", "").startswith("all"):
        return True
    if "opacity" in style and _ZERO.match(style["opacity"]):
        return True
    clipped = style.get("overflow", "").startswith("hidden")
    return clipped and any(name in style and _ZERO.match(style[name]) for name in _SIZED)


def text_is_hidden(style: dict[str, str]) -> bool | None:
    """Whether text is hidden by visibility or a font of no size; None where it is as around the element."""
    hidden: bool | None = None
    if "font-size" in style and (size := style["font-size"]):
        number = _NUMBER.match(size)
        hidden = bool(_ZERO.match(size)) if number else hidden
    visibility = style.get("visibility", "")
    if visibility.startswith(("hidden", "collapse")):
        hidden = True
    elif visibility.startswith("visible"):
        hidden = False
    return hidden


def drawn(style: dict[str, str]) -> Style:
    """The styles that declarations add."""
    found = Style(0)
    if style.get("font-weight", "").startswith(("bold", "600", "700", "800", "900")):
        found |= Style.BOLD
    if style.get("font-style", "").startswith(("italic", "oblique")):
        found |= Style.ITALIC
    decoration = style.get("text-decoration", "") + style.get("text-decoration-line", "")
    if "line-through" in decoration:
        found |= Style.STRIKE
    return found


def is_preformatted(style: dict[str, str], otherwise: bool | None) -> bool | None:
    """Whether white space stands as it is written; None where it is as around the element."""
    value = style.get("white-space", "")
    if not value:
        return otherwise
    return value.startswith(("pre", "break-spaces")) and not value.startswith("pre-line")


def remote_pictures(text: str) -> int:
    """How many addresses on other computers a style attribute names."""
    return len(_REMOTE.findall(text))
