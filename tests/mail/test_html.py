from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import html, html_tokens, text
from tui.model.content import Style


def shown(source: str) -> str:
    return text.plain(html.render(source)[0])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a <b>b</b>\n  c", "a b c"),
        ("<h1>Head</h1>text", "Head\n\ntext"),
        ("<ul><li>a<li>b</ul>", "• a\n• b"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<ol start=5><li>a<li value=9>b<li>c</ol>", "5. a\n9. b\n10. c"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "• a\n\n  • b\n\n• c"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc"),
        ("<pre>a\n  b\tc</pre>", "a\n  b     c"),
        ("<p>a<hr>b", "a\n────────────────────\nb"),
        ("<q>a</q>", "“a”"),
        ("<dl><dt>a<dd>b</dl>", "a\n    b"),
        ('<img alt="Logo" src="x">', "[Logo]"),
        ('<img src="x">', ""),
        ('<input type=submit value="Buy">', "[Buy]"),
        ("<textarea>a <b></textarea>", "a <b>"),
        ("&lt;b&gt; &amp;amp; &euro; &#8364; &#x20ac;", "<b> &amp; € € €"),
        ("a&nbsp;&nbsp;&zwnj;&nbsp;b", "a b"),
        ("<table><tr><th>Item<th>No<tr><td>Tea<td>3<tr><td>Milk<td>4</table>", "Item  No\nTea   3\nMilk  4"),
        ("<table><tr><td><p>one</p><p>two</p><td>three</table>", "one\n\ntwo\nthree"),
        ("<table><tr><td><table><tr><td>deep</table></table>", "deep"),
        ("<table><caption>C</caption><tr><td>a</table>", "C\n\na"),
        ("<td>stray <tr>cells", "stray\ncells"),
        ("<p>a<div>b</p>c", "a\n\nb\n\nc"),
        ("a < b and c > d", "a < b and c > d"),
        ("<3 <unclosed", "<3 <unclosed"),
        ("<p don't>x</p>", "x"),
        ("<a title='>'>x</a>", "x"),
        ("x<!-- > --><!---->y<!-->z<![CDATA[no]]>", "xyz"),
        ("x<!-- never closed", "x<!-- never closed"),
        ("<script>if (a<b) no()</script>x", "x"),
        ("<style>never closed", "never closed"),
        ("<title>no</title><head><meta charset=x>yes</head>", "yes"),
        ("<svg><text>no</text></svg>x", "x"),
        ("<!--[if mso]>no<![endif]--><!--[if !mso]><!-->yes<!--<![endif]-->", "yes"),
    ],
)  # fmt: skip
def test_what_is_shown(source: str, expected: str) -> None:
    assert shown(source) == expected


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE !important",
        "visibility:hidden",
        "font-size:0",
        "font-size:0px;color:red",
        "opacity:0",
        "opacity: 0.0",
        "mso-hide:all",
        "max-height:0;overflow:hidden",
        "height:0px; overflow : hidden",
    ],
)
def test_hidden_text_is_not_shown(style: str) -> None:
    assert shown(f'<div style="{style}">no<b>no</b></div>yes') == "yes"
    assert shown(f"<p STYLE='{style}'>no<p>yes") == "yes"


def test_the_hidden_attribute() -> None:
    assert shown("<div hidden>no<div>no</div></div>yes") == "yes"


@pytest.mark.parametrize(
    "source",
    [
        '<td style="font-size:0"><span style="font-size:14px">yes</span></td>',
        '<div style="visibility:hidden"><p style="visibility:visible">yes</p></div>',
        '<div style="overflow:hidden">yes</div>',
        '<div style="font-size:0.9em">yes</div>',
        '<div style="opacity:0.5">yes</div>',
        '<div style="line-height:0">yes</div>',
    ],
)
def test_what_only_looks_hidden_is_shown(source: str) -> None:
    assert shown(source) == "yes"


def test_styles_become_spans() -> None:
    lines, _, _ = html.render("a<b>b<i>c</i></b><h2>d</h2><span style='font-weight:bold'>e</span>")
    assert [(span.text, span.style) for line in lines for span in line.spans] == [
        ("a", Style(0)),
        ("b", Style.BOLD),
        ("c", Style.BOLD | Style.ITALIC),
        ("d", Style.HEADING),
        ("e", Style.BOLD),
    ]


def test_links_are_numbered_and_spans_point_at_them() -> None:
    lines, links, _ = html.render(
        '<a href="https://a.example/">one</a> <a href="#top">in here</a> <a name=x>none</a>'
        ' <a href="https://b.example/"><b>two</b> three</a>'
    )
    assert [(link.text, link.url) for link in links] == [
        ("one", "https://a.example/"),
        ("two three", "https://b.example/"),
    ]
    assert [(span.text, span.link) for span in lines[0].spans if span.link] == [
        ("one", 1),
        ("two", 2),
        (" three", 2),
    ]


def test_remote_pictures_are_counted_and_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a network call")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    source = (
        '<link rel=stylesheet href="http://x.example/a.css"><style>@import "http://x.example"</style>'
        '<img src="http://x.example/1.png"><img src="cid:2"><img src="//x.example/3.png"><iframe src="http://x.example">'
        '</iframe><td background="http://x.example/4.png"><div style="background:url(\'https://x.example/5.png\')">'
        '<meta http-equiv=refresh content="0;url=http://x.example"><base href="http://x.example">END'
    )
    lines, _, pictures = html.render(source)
    assert pictures == 4
    assert text.plain(lines) == "END"


def test_controls_from_entities_are_made_visible() -> None:
    assert shown("a&#27;[2J&#155;&#x202e;b") == "a␛[2J›b"


def test_markup_of_the_screen_is_text() -> None:
    assert shown("[@click=app.quit]x[/]") == "[@click=app.quit]x[/]"


BOMBS = {
    "nested": "<div>" * 50_000 + "END",
    "tables": "<table><tr><td>" * 20_000 + "END",
    "formatting": "".join(f"<p><b id={n}>" for n in range(20_000)) + "END",
    "comments": "<!--" * 100_000 + "END",
    "cdata": "<![CDATA[" * 100_000 + "END",
    "angles": "<" * 500_000 + "END",
    "tags": "<a" * 200_000 + " END",
    "quotes": '<a x="' * 100_000 + "END",
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">END",
    "numbers": "&#" + "9" * 500_000 + ";END",
    "colspan": "<table><tr><td colspan=1000000000>END</table>",
    "scripts": "<script>" * 50_000 + "END",
    "crossed": "<span><td>" + "<div>" * 20_000 + "</span>" * 20_000 + "END",
    "quoted": "<blockquote>" * 50_000 + "END",
    "lists": "<ul><li>" * 50_000 + "END",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_read_to_the_end(name: str) -> None:
    assert shown(BOMBS[name]).endswith("END")


PIECES = [
    "<div>",
    "</div>",
    "<p>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<a href='http://x.example/'>",
    "</a>",
    "<b>",
]
PIECES += [
    "<ul>",
    "<li>",
    "</ul>",
    "<blockquote>",
    "</blockquote>",
    "<pre>",
    "\n",
    "x ",
    "&amp;",
    "<!--",
    "-->",
    "<br>",
]
PIECES += [
    "<script>",
    "</script>",
    "<",
    ">",
    '"',
    "'",
    "=",
    "<img alt=y src=http://z>",
    "<p style='display:none'>",
    "</p>",
]


@given(st.lists(st.sampled_from(PIECES)))
def test_any_order_of_tags_is_read(pieces: list[str]) -> None:
    lines, links, _ = html.render("".join(pieces))
    for line in lines:
        assert all(0 <= span.link <= len(links) for span in line.spans)
        assert "\n" not in line.text
    assert not lines or lines[-1].spans


@given(st.text())
def test_never_raises(source: str) -> None:
    html.render(source)
    html.render(f"<p {source}>")
    html_tokens.attributes(source)


def test_the_words_of_a_link_stay_apart_where_its_lines_are() -> None:
    _, (link,), _ = html.render('<a href="https://x.example">one<br> <img alt="two" src="x"></a>')
    assert link.text == "one two"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a&amp;b&amp;c", "a&b&c"),
        ("a&amp;lt;b", "a&lt;b"),
        ("a&amp;b&lt;c", "a&b<c"),
        ("a&ampb", "a&b"),
        ("a&b", "a&b"),
    ],
)
def test_references_are_decoded_once(raw: str, expected: str) -> None:
    assert html_tokens.unescape(raw) == expected
