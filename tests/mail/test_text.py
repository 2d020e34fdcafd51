from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import text
from tui.model.cells import cells
from tui.model.content import Line, Span, Style
from tui.model.safe_text import FSI, PDI


def lines_of(source: str, flowed: bool = False, delsp: bool = False) -> list[tuple[int, str]]:
    return [(line.quote, line.text) for line in text.paragraphs(source, flowed=flowed, delsp=delsp)[0]]


def test_quotation_is_taken_off_and_counted() -> None:
    assert lines_of("own\n> one\n>> two\n> > also two\n>\nend\n\n") == [
        (0, "own"),
        (1, "one"),
        (2, "two"),
        (2, "also two"),
        (1, ""),
        (0, "end"),
    ]


def test_flowed_text_is_joined() -> None:
    source = "a soft \nbreak\n hard stuffed\n> quoted \n> on\n>> deeper\n-- \nsignature"
    assert lines_of(source, flowed=True) == [
        (0, "a soft break"),
        (0, "hard stuffed"),
        (1, "quoted on"),
        (2, "deeper"),
        (0, "-- "),
        (0, "signature"),
    ]


def test_flowed_text_without_blanks_between() -> None:
    assert lines_of("日本 \n語", flowed=True, delsp=True) == [(0, "日本語")]
    assert text.unflowed("> a \n> b\nc", delsp=True) == "> ab\nc"


def test_the_signature_is_dim() -> None:
    lines, _ = text.paragraphs("text\n-- \nDesk\n")
    assert lines[-1].spans[0].style == Style.DIM
    assert lines[0].spans[0].style == Style(0)


@pytest.mark.parametrize(
    ("source", "urls"),
    [
        ("see https://a.example/x.", ["https://a.example/x"]),
        ("(https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("<https://a.example/x>, www.b.example!", ["https://a.example/x", "http://www.b.example"]),
        ("mailto:b@c.example", ["mailto:b@c.example"]),
        ("nothing: here", []),
    ],
)
def test_links_in_plain_text(source: str, urls: list[str]) -> None:
    lines, links = text.paragraphs(source)
    assert [link.url for link in links] == urls
    assert lines[0].text == source
    assert [span.link for span in lines[0].spans if span.link] == list(range(1, len(urls) + 1))


def test_more_than_anybody_reads_is_cut_and_said() -> None:
    lines, _ = text.paragraphs("x\n" * 100_000)
    assert len(lines) < 51_000
    assert "left out" in lines[-1].text


def wrapped(source: str, width: int) -> list[str]:
    return [line.text for line in text.wrap(text.paragraphs(source)[0], width)]


def test_wrapping_breaks_at_blanks() -> None:
    assert wrapped("one two three four five", 12) == ["one two", "three four", "five"]


def test_wrapping_cuts_long_words_and_counts_wide_letters() -> None:
    assert wrapped("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert wrapped("日本語日本語日本語", 10) == ["日本語日本", "語日本語"]
    assert cells("日本e\u0301") == 5


def test_list_items_hang() -> None:
    assert wrapped("  1. one two three", 12) == ["  1. one two"[:12].rstrip(), "    three"]


def test_quoted_lines_leave_room_for_their_bars() -> None:
    lines = text.wrap((Line((Span("one two three"),), quote=2),), 14)
    assert [(line.quote, line.text) for line in lines] == [(2, "one two"), (2, "three")]


def test_spans_survive_wrapping() -> None:
    line = Line((Span("one "), Span("two three", Style.BOLD, 1), Span(" four five")))
    assert [[(span.text, span.link) for span in piece.spans] for piece in text.wrap((line,), 10)] == [
        [("one ", 0), ("two", 1)],
        [("three", 1), (" four", 0)],
        [("five", 0)],
    ]


def test_each_wrapped_line_is_isolated_on_its_own() -> None:
    for line in text.wrap(text.paragraphs("שלום " * 20)[0], 20):
        assert line.text.startswith(FSI)
        assert line.text.endswith(PDI)
    assert FSI not in text.wrap(text.paragraphs("שלום")[0], 20, isolate=False)[0].text


def test_runs_of_quotes_can_be_folded() -> None:
    lines, _ = text.paragraphs("own\n> 1\n> 2\n\n> 3\n> 4\n\nend\n> short")
    assert text.quotes(lines) == ((1, 6),)
    assert text.quotes(lines, least=1) == ((1, 6), (8, 9))


def test_lines_become_text_again() -> None:
    source = "own\n> one\n> > two\n>\nend"
    assert text.plain(text.paragraphs(source)[0]) == source


@given(st.text(), st.integers(10, 120), st.booleans())
def test_wrapped_lines_fit_and_lose_no_letter(source: str, width: int, flowed: bool) -> None:
    lines, _ = text.paragraphs(source, flowed=flowed)
    out = text.wrap(lines, width)
    for line in out:
        assert cells(line.text) <= max(width - 2 * min(line.quote, 5), 10)
    kept = "".join("".join(line.text.split()) for line in out).replace(FSI, "").replace(PDI, "")
    assert kept == "".join("".join(line.text.split()) for line in lines)
