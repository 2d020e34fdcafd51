from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from tui.model.error import BadInput
from tui.ui.external_editor import command, edited


def editor(tmp_path: Path, code: str) -> list[str]:
    script = tmp_path / "editor.py"
    script.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[1])\n{code}\n")
    return [sys.executable, str(script)]


def test_the_setting_comes_first_then_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "code -w")
    monkeypatch.setenv("EDITOR", "vi")
    assert command("nvim -c 'set ft=mail'") == ["nvim", "-c", "set ft=mail"]
    assert command("") == ["code", "-w"]
    monkeypatch.delenv("VISUAL")
    assert command("") == ["vi"]


def test_without_any_editor_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadInput, match="No editor is known"):
        command("")
    with pytest.raises(BadInput, match="cannot be read"):
        command("vi 'open")


def test_the_text_goes_there_and_back_and_leaves_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    words = editor(
        tmp_path,
        "mode = path.stat().st_mode\npath.write_text(path.read_text() + f' and {mode & 0o777:o}\\n')",
    )
    assert edited(words, "Grüße", folder) == "Grüße and 600"
    assert list(folder.iterdir()) == []
    assert stat.S_ISDIR(folder.stat().st_mode)


def test_an_editor_that_fails_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    with pytest.raises(BadInput, match="ended with an error"):
        edited(editor(tmp_path, "sys.exit(3)"), "text", folder)
    with pytest.raises(BadInput, match="cannot be started"):
        edited(["/no/such/editor"], "text", folder)
    assert list(folder.iterdir()) == []
