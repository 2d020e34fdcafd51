"""What is known of HTML elements, as data: how they break lines, what they close, how they look."""

from __future__ import annotations

from tui.model.content import Style

# fmt: off
# They have no content (WHATWG HTML 13.1.2).
VOID = frozenset((
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "link",
    "meta", "param", "source", "track", "wbr",
))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# An empty line stands before and after them.
SPACED = HEADINGS | {
    "p", "ul", "ol", "dl", "blockquote", "pre", "table", "form", "fieldset", "figure",
}
# They begin a line of their own.
BLOCKS = SPACED | {
    "address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dt",
    "figcaption", "footer", "header", "html", "legend", "li", "main", "menu", "nav", "optgroup", "option",
    "search", "section", "summary", "tbody", "td", "tfoot", "th", "thead", "tr",
}
STYLES = {
    "b": Style.BOLD, "strong": Style.BOLD, "th": Style.BOLD, "dt": Style.BOLD,
    "i": Style.ITALIC, "em": Style.ITALIC, "cite": Style.ITALIC, "var": Style.ITALIC, "dfn": Style.ITALIC,
    "u": Style.UNDERLINE, "ins": Style.UNDERLINE,
    "s": Style.STRIKE, "strike": Style.STRIKE, "del": Style.STRIKE,
    "code": Style.CODE, "tt": Style.CODE, "kbd": Style.CODE, "samp": Style.CODE, "pre": Style.CODE,
    **dict.fromkeys(HEADINGS, Style.HEADING),
}
# What is in them is not for reading, or cannot be shown.
UNSEEN = frozenset((
    "script", "style", "title", "template", "noembed", "noframes", "iframe", "object", "audio", "video",
    "canvas", "svg", "math", "map", "datalist",
))
# Their end tags close no block that was opened inside them.
INLINE = frozenset((
    "a", "abbr", "b", "big", "code", "em", "font", "i", "kbd", "nobr", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "tt", "u",
))
TABLE_PARTS = frozenset(("td", "th", "tr", "tbody", "thead", "tfoot"))
# They do something when they begin, whatever their attributes.
BEGIN = frozenset(("a", "ul", "ol", "menu", "dir", "li", "dd", "table", "td", "th", "blockquote", "q"))
# fmt: on
OF_THEIR_OWN = BEGIN | UNSEEN | STYLES.keys()
PARAGRAPH = ("p",)
# What an opening tag closes first, and up to which element it looks (WHATWG HTML 13.1.2.4, optional tags).
CLOSES: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "li": (("li",), frozenset({"ul", "ol", "menu", "dir", "table", "td", "th"})),
    "dt": (("dt", "dd"), frozenset({"dl", "table", "td", "th"})),
    "dd": (("dt", "dd"), frozenset({"dl", "table", "td", "th"})),
    "td": (("td", "th", "caption"), frozenset({"table", "tr"})),
    "th": (("td", "th", "caption"), frozenset({"table", "tr"})),
    "tr": (("tr", "caption"), frozenset({"table"})),
    "tbody": (("tr", "thead", "tbody", "tfoot", "caption"), frozenset({"table"})),
    "option": (("option",), frozenset({"select"})),
    "a": (("a",), frozenset({"table", "td", "th"})),
}
CLOSES["thead"] = CLOSES["tfoot"] = CLOSES["tbody"]
CELL_EDGE = frozenset({"table", "td", "th"})
