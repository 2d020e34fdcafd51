"""Writing on in the person's own editor: which one, and the text there and back."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from tui.model.error import BadInput

_USUAL = ("nano", "vim", "vi", "emacs")


def command(setting: str) -> list[str]:
    """The editor to run: the setting, else $VISUAL, $EDITOR, else a usual one. Raises BadInput for none."""
    for text in (setting, os.environ.get("VISUAL", ""), os.environ.get("EDITOR", "")):
        try:
            words = shlex.split(text)
        except ValueError as cause:
            raise BadInput(
                f"The editor's command cannot be read: {text}", "Correct it in the settings."
            ) from cause
        if words:
            return words
    found = next((path for name in _USUAL if (path := shutil.which(name))), None)
    if found is None:
        raise BadInput("No editor is known.", "Set $EDITOR, or the editor in the settings.")
    return [found]


def edited(words: list[str], text: str, folder: Path) -> str:
    """Let the editor have the terminal until it ends. Answers the new text; raises BadInput when it failed.

    The text lies in a file of `folder` that only we can read, and is deleted afterwards.
    """
    handle, name = tempfile.mkstemp(prefix="mail-", suffix=".txt", dir=folder, text=True)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            code = subprocess.run([*words, name], check=False).returncode
        except OSError as cause:
            raise BadInput(
                f"{words[0]} cannot be started: {cause.strerror}.", "Correct the editor in the settings."
            ) from cause
        if code:
            raise BadInput(
                f"{words[0]} ended with an error ({code}).", "The text is as it was before; try again."
            )
        result = path.read_text(encoding="utf-8", errors="replace")
        return result if text.endswith("\n") else result.removesuffix("\n")
    finally:
        path.unlink(missing_ok=True)
