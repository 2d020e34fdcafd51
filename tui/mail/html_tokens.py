"""HTML taken apart into tags and text, in time linear in its length whatever it holds.

A tree builder that follows the HTML standard is quadratic by that standard (26 KB of unclosed <b id=…> and
<p> make two million nodes), and no parser at hand bounds it. Reading mail needs no tree: tags in order are
enough.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

# Quotes count only after "=" (WHATWG HTML 13.2.5.32 ff.), so that <p don't> does not eat the mail.
# The look-ahead keeps what it found; else each reading of the quotes would be tried for a tag without an end.
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)(?=((?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+'|)){0,5000}))\3>""")
_LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)([^>]*+)>")
_ATTRIBUTE = re.compile(r"""([^\s=/>"'<][^\s=/>]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++)))?""")
_LONG_REFERENCE = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9a-fA-F]{9,});?")
_CONTROL_REFERENCE = re.compile(r"&#(?:([0-9]{1,8})|[xX]([0-9a-fA-F]{1,8}));?")
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
# Elements whose content is no markup (WHATWG HTML 13.2.5.2 to 13.2.5.5).
_RAW = frozenset({"script", "style", "title", "xmp", "iframe", "noembed", "noframes", "textarea"})
_AFTER = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/!?")
_MOST_ATTRIBUTES = 200

Token = tuple[str, str, str]
"""(kind, name, rest): kind is "text", "open" or "close"; rest is the text, or the attributes as they stand.
"""


def tokens(source: str) -> Iterator[Token]:
    """Tags (lower-case names) and text in order; comments, declarations and raw elements but <textarea>
    left out.

    A comment or raw element that is never closed hides nothing: its beginning is dropped, the rest is read.
    """
    position, tag = 0, _TAG
    endless: set[str] = set()
    last = source.rfind(">")  # behind it nothing can be a tag
    while True:
        at = source.find("<", position)
        if at >= 0 and source[at + 1 : at + 2] not in _AFTER:
            markup = _MARKUP.search(source, at)
            at = markup.start() if markup else -1
        if not 0 <= at < last:
            break
        if at > position:
            yield "text", "", source[position:at]
        match = tag.match(source, at)
        if match is None and tag is _TAG and (match := _LOOSE_TAG.match(source, at)):
            tag = _LOOSE_TAG  # some quote is never closed; looking for its end at each tag would be quadratic
        if match is None:
            position = _no_tag(source, at, endless)
            continue
        position = match.end()
        name = match[2].lower()
        if match[1]:
            yield "close", name, ""
        else:
            yield "open", name, match[3]
            if name in _RAW:
                position, text = _raw(source, position, name, endless)
                if text and name in ("textarea", "xmp"):
                    yield "text", "", text
                yield "close", name, ""
    if position < len(source):
        yield "text", "", source[position:]


def _no_tag(source: str, at: int, endless: set[str]) -> int:
    """Where to go on behind a comment, a declaration, or what only begins like one."""
    if source.startswith("<!--", at):
        # "<!-->" is a whole comment.
        return _behind(source, "-->", at + 2, at + 4, endless)
    return _behind(source, ">", at + 2, at + 2, endless)


def _behind(source: str, end: str, start: int, otherwise: int, endless: set[str]) -> int:
    if end in endless:
        return otherwise
    stop = source.find(end, start)
    if stop < 0:
        endless.add(end)
        return otherwise
    return stop + len(end)


def _raw(source: str, start: int, name: str, endless: set[str]) -> tuple[int, str]:
    """The content of a raw element, and where its end tag ends."""
    if name in endless:
        return start, ""
    end = re.compile(rf"</{name}(?=[\s/>])[^>]*+>", re.IGNORECASE).search(source, start)
    if end is None:
        endless.add(name)
        return start, ""
    return end.end(), source[start : end.start()]


def attributes(text: str) -> dict[str, str]:
    """Attributes with lower-case names and decoded values; of one that repeats the first counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        which = match.lastindex or 1
        value = match[which] if which > 1 else ""
        found.setdefault(match[1].lower(), unescape(value) if "&" in value else value)
        if len(found) >= _MOST_ATTRIBUTES:
            break
    return found


def unescape(text: str) -> str:
    """Character references decoded (WHATWG HTML 13.2.5.72); control characters come out, to be shown."""
    references = text.count("&")
    if not references:
        return text
    if references == text.count("&amp;"):  # as in most addresses of links
        return text.replace("&amp;", "&")
    if "&#" in text:
        # Python refuses to read numbers of thousands of digits, and drops control characters.
        text = _CONTROL_REFERENCE.sub(_control, _LONG_REFERENCE.sub("�", text))
    return html.unescape(text)


def _control(match: re.Match[str]) -> str:
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if 0 < code < 0x20 or code == 0x7F else match[0]
