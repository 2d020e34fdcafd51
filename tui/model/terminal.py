"""What a terminal can do, judged by what it and its surroundings say of themselves. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tui.model.command import Check
from tui.model.error import BadConfig
from tui.model.safe_text import safe_line

NARROWEST, SHORTEST = 60, 15
_MILLIONS = frozenset({"truecolor", "24bit"})
_TMUX_FIX = "Copying to the clipboard needs this in tmux.conf: set -s set-clipboard on"
_SCREEN_FIX = "GNU screen hands no clipboard on: copy with the terminal's own selection, or use tmux."


def terminal(environment: Mapping[str, str], size: tuple[int, int] | None, encoding: str) -> Check:
    """The check of a terminal: `size` is columns and lines, None when standard output is no terminal;
    `encoding` is that of standard output.

    It fails only where nothing could be shown: without UTF-8, and on a terminal that obeys nothing.
    """
    term = safe_line(environment.get("TERM", ""), 40)
    if size is None:
        return Check("terminal", ok=True, detail=f"standard output is none (TERM={term or 'not set'})")
    columns, lines = size
    detail = ", ".join(
        (
            term or "TERM not set",
            f"{columns}×{lines}",
            encoding,
            colours(environment),
            *(["in tmux"] if "TMUX" in environment else []),
            *(["in GNU screen"] if "STY" in environment else []),
            *(["over SSH"] if _is_remote(environment) else []),
        )
    )
    if "utf" not in encoding.lower():
        return _failed(detail, "Choose a UTF-8 locale, such as LANG=C.UTF-8")
    if term == "dumb":
        return _failed(
            detail, "This terminal shows text only: use the shell's commands, or another terminal."
        )
    if columns < NARROWEST or lines < SHORTEST:
        fix = f"Make it at least {NARROWEST}×{SHORTEST} to read comfortably."
    else:
        fix = _clipboard(environment)
    return Check("terminal", ok=True, detail=detail, fix=fix)


def colours(environment: Mapping[str, str]) -> str:
    """How many colours there are, in words: by NO_COLOR, COLORTERM and TERM."""
    term = environment.get("TERM", "")
    if environment.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if environment.get("COLORTERM", "").lower() in _MILLIONS or re.search(
        r"direct|kitty|ghostty|alacritty", term
    ):
        return "16.7 million colours"
    return "256 colours" if "256color" in term else "16 colours"


def _is_remote(environment: Mapping[str, str]) -> bool:
    return "SSH_CONNECTION" in environment or "SSH_TTY" in environment


def _clipboard(environment: Mapping[str, str]) -> str:
    """What copying needs: it travels through the terminal itself (OSC 52), which not everything lets pass."""
    if "TMUX" in environment:
        return _TMUX_FIX
    if "STY" in environment:
        return _SCREEN_FIX
    if _is_remote(environment):
        return "Copying reaches your own clipboard only where the terminal allows OSC 52."
    return ""


def _failed(detail: str, fix: str) -> Check:
    return Check("terminal", ok=False, detail=detail, fix=fix, exit_code=BadConfig.exit_code)
