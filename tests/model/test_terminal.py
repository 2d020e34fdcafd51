from __future__ import annotations

import pytest

from tui.model.terminal import colours, terminal

GOOD = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def test_a_good_terminal_needs_nothing() -> None:
    check = terminal(GOOD, (120, 40), "utf-8")
    assert check.ok
    assert check.fix == ""
    assert check.detail == "xterm-256color, 120×40, utf-8, 16.7 million colours"


def test_no_terminal_is_no_failure() -> None:
    check = terminal({}, None, "")
    assert check.ok
    assert check.detail == "standard output is none (TERM=not set)"


@pytest.mark.parametrize(
    ("environment", "encoding", "words"),
    [(GOOD, "iso8859-1", "UTF-8 locale"), ({"TERM": "dumb"}, "utf-8", "shows text only")],
)
def test_where_nothing_could_be_shown(environment: dict[str, str], encoding: str, words: str) -> None:
    check = terminal(environment, (80, 24), encoding)
    assert not check.ok
    assert check.exit_code == 78
    assert words in check.fix


@pytest.mark.parametrize(
    ("more", "size", "detail", "fix"),
    [
        ({}, (59, 24), "59×24", "at least 60×15"),
        ({}, (80, 14), "80×14", "at least 60×15"),
        ({"TMUX": "/tmp/x,1,0"}, (80, 24), "in tmux", "set-clipboard on"),
        ({"STY": "1.x"}, (80, 24), "in GNU screen", "hands no clipboard on"),
        ({"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, (80, 24), "over SSH", "OSC 52"),
        ({"SSH_TTY": "/dev/pts/1"}, (80, 24), "over SSH", "OSC 52"),
    ],
)
def test_what_is_worth_knowing(more: dict[str, str], size: tuple[int, int], detail: str, fix: str) -> None:
    check = terminal(GOOD | more, size, "utf-8")
    assert check.ok
    assert detail in check.detail
    assert fix in check.fix
    assert "192.0.2" not in check.detail + check.fix


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TERM": "xterm", "COLORTERM": "24bit"}, "16.7 million colours"),
        ({"TERM": "xterm-kitty"}, "16.7 million colours"),
        ({"TERM": "screen-256color"}, "256 colours"),
        ({"TERM": "linux"}, "16 colours"),
        ({}, "16 colours"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, "no colours (NO_COLOR)"),
    ],
)
def test_colours(environment: dict[str, str], words: str) -> None:
    assert colours(environment) == words


def test_a_name_that_would_act_is_shown() -> None:
    assert "\x1b" not in terminal({"TERM": "x\x1b[2J"}, (80, 24), "utf-8").detail
