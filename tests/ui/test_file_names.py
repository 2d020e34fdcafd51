from __future__ import annotations

from pathlib import Path

import pytest

from tui.ui.file_names import begun_anew, dropped, given, matching


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my report.pdf").write_bytes(b"12345")
    (tmp_path / "Minutes").mkdir()
    (tmp_path / ".hidden").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize("written", ["{}", "'{}'", '"{}"', "  {}\n", "file://{}"])
def test_a_path_is_understood_however_a_terminal_quotes_it(folder: Path, written: str) -> None:
    path = str(folder / "my report.pdf")
    text = written.format(path.replace(" ", "%20") if "file:" in written else path)
    assert given(text) == [path]


def test_backslashes_before_blanks_are_quoting(folder: Path) -> None:
    path = str(folder / "my report.pdf")
    assert given(path.replace(" ", "\\ ")) == [path]


def test_several_files_may_be_given_at_once(folder: Path) -> None:
    (folder / "b.txt").write_bytes(b"")
    both = [str(folder / "my report.pdf"), str(folder / "b.txt")]
    assert given(f"'{both[0]}' {both[1]}") == both


def test_words_that_are_no_files_stay_one_text() -> None:
    assert given("no such file") == ["no such file"]
    assert given("an 'open quote") == ["an 'open quote"]
    assert given("  ") == []
    assert given("nul\x00byte") == ["nul\x00byte"]


def test_only_whole_paths_of_files_count_as_dropped(folder: Path) -> None:
    path = str(folder / "my report.pdf")
    assert dropped(f"'{path}' ") == [path]
    assert dropped(str(folder)) == []
    assert dropped("/no/such/file") == []
    assert dropped(f"see {path}") == []
    assert dropped("hello") == []
    assert dropped("/" * 30_000) == []


def test_completion_lists_folders_first_and_hidden_ones_when_asked_for(folder: Path) -> None:
    found = matching(f"{folder}/")
    assert [(one.name, one.folder) for one in found] == [("Minutes", True), ("my report.pdf", False)]
    assert found[0].text == f"{folder}/Minutes/"
    assert found[1].size == 5
    assert [one.name for one in matching(f"{folder}/.h")] == [".hidden"]
    assert [one.name for one in matching(f"{folder}/MY")] == ["my report.pdf"]
    assert matching(f"{folder}/nothing/") == []
    assert matching("\x00/") == []


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("~/", "~/"),
        ("~//", "/"),
        ("~//srv/a", "/srv/a"),
        ("~/~", "~/~"),
        ("~/~/notes", "~/notes"),
        ("/srv//tmp/~/b", "~/b"),
        ("file:///srv/a", "file:///srv/a"),
        ("'a//b'", "'a//b'"),
    ],
)
def test_a_whole_path_behind_another_begins_anew(typed: str, path: str) -> None:
    assert begun_anew(typed) == path
