"""The floors of the house: who may import whom, and what is really loaded when."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

NETWORK = ("imapclient", "imaplib", "smtplib", "poplib", "ssl", "msal", "requests", "dns", "keyring")
PROTOCOLS = tuple(one for one in NETWORK if one != "ssl")  # which asyncio brings
SCREEN = ("textual", "rich")
START = (*NETWORK, "tomlkit", "filelock", "markdown_it", "pymap", "aiosmtpd")


def _python(code: str, *argv: str, home: Path | None = None) -> str:
    """What a fresh interpreter prints as its last line."""
    environment = dict(os.environ)
    if home:
        environment |= {"OUTLOOK_TUI_HOME": str(home)}
    ran = subprocess.run(
        [sys.executable, "-c", code, *argv],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.splitlines()[-1]


def _loaded_by(code: str, *argv: str, home: Path | None = None) -> set[str]:
    """The names of the top-level modules that are loaded after `code` has run."""
    listing = "; import json, sys; print('\\n' + json.dumps([m.partition('.')[0] for m in sys.modules]))"
    return set(json.loads(_python(code + listing, *argv, home=home)))


def test_contracts_between_the_floors() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import tui", (*SCREEN, *START, "sqlite3", "logging", "argparse")),
        ("import tui.__main__", (*SCREEN, *START, "sqlite3", "logging", "argparse")),
        ("import tui.model.explain, tui.model.event, tui.model.safe_text", (*SCREEN, *START, "sqlite3")),
        ("import tui.config.settings, tui.config.paths", (*SCREEN, *START, "platformdirs")),
        ("import tui.cli.run", (*SCREEN, *START)),
        ("import tui.store.reader", (*SCREEN, *NETWORK)),
        ("import tui.sync.engine", (*SCREEN, *START, "email", "html")),
        ("import tui.ui.app, tui.sync.engine", (*PROTOCOLS, "tomlkit", "filelock")),
    ],
)
def test_an_import_loads_nothing_heavy(statement: str, unwanted: tuple[str, ...]) -> None:
    assert _loaded_by(statement) & set(unwanted) == set()


@pytest.mark.parametrize("command", [["--version"], ["list"], ["list", "--json"], ["folders"], ["locate"]])
def test_a_command_loads_no_screen_and_no_network(tmp_path: Path, command: list[str]) -> None:
    code = "import sys; from tui.__main__ import main; main(sys.argv[1:])"

    loaded = _loaded_by(code, *command, home=tmp_path)

    assert loaded & {*SCREEN, *NETWORK} == set()
