"""What reaches the terminal, and what programs read."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cli.output import Cell, Ink, Output, json_line
from tui.model.cells import cells
from tui.model.error import Refused

ATTACK = "\x1b]52;c;aGk=\x07\x9b31m\u202e[@click=app.quit]x[/]\x7f"


@given(st.dictionaries(st.text(), st.text(), max_size=4))
def test_json_says_exactly_what_it_was_given(record: dict[str, str]) -> None:
    line = json_line(record)
    assert json.loads(line) == record
    assert "\n" not in line


@given(st.text())
def test_json_has_nothing_a_terminal_would_obey(text: str) -> None:
    line = json_line({"text": text})
    assert not any(
        ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0x202A <= ord(char) <= 0x202E for char in line
    )
    line.encode("utf-8")


def test_json_keeps_to_ascii_where_the_stream_does() -> None:
    assert json_line({"text": "Grüße"}, "iso-8859-15").isascii()
    assert "Grüße" in json_line({"text": "Grüße"}, "UTF-8")


def _text_output() -> tuple[Output, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Output(False, out, err), out, err


def test_untrusted_text_is_made_visible_everywhere() -> None:
    output, out, err = _text_output()
    output.table([({}, [Cell(ATTACK), Cell(ATTACK, Ink.BOLD)])])
    output.record({}, ATTACK)
    output.text(ATTACK)
    output.note(ATTACK)
    output.error(Refused(ATTACK, ATTACK))
    for printed in (out.getvalue(), err.getvalue()):
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x7f"} & set(printed)
        assert "[@click=app.quit]x[/]" in printed


def test_columns_are_aligned_by_cells() -> None:
    output, out, _ = _text_output()
    rows = [("1", "日本語"), ("22", "abc"), ("333", "e\u0301")]
    output.table(({}, [Cell(number, right=True), Cell(text), Cell("|")]) for number, text in rows)
    lines = out.getvalue().splitlines()
    assert {cells(line[: line.index("|")]) for line in lines} == {3 + 2 + 6 + 2}


def test_an_empty_table_prints_nothing() -> None:
    output, out, err = _text_output()
    output.table([])
    assert (out.getvalue(), err.getvalue()) == ("", "")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variable", "value", "colour"),
    [("NO_COLOR", "1", False), ("NO_COLOR", "", True), ("TERM", "dumb", False)],
)
def test_colour_only_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, colour: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(variable, value)
    out = _Terminal()
    Output(False, out, io.StringIO()).table([({}, [Cell("unread", Ink.BOLD)])])
    assert ("\x1b[1m" in out.getvalue()) is colour


def test_no_colour_where_there_is_no_terminal() -> None:
    output, out, _ = _text_output()
    output.table([({}, [Cell("unread", Ink.BOLD)])])
    assert out.getvalue() == "unread\n"


def test_progress_is_for_terminals_and_leaves_no_trace() -> None:
    err = _Terminal()
    output = Output(False, io.StringIO(), err)
    output.progress("fetching 1 of 2")
    output.note("done")
    assert err.getvalue().endswith("\rdone\n")
    silent = io.StringIO()
    Output(False, io.StringIO(), silent).progress("fetching")
    Output(True, io.StringIO(), silent).progress("fetching")
    assert silent.getvalue() == ""
