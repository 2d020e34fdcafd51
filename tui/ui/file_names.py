"""Names of files as people type, paste and drop them, and what they may go on to be. No screen in here."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder that fits what was typed. `text` is what to type for it, folders with a slash."""

    text: str
    name: str
    folder: bool
    size: int = 0


def given(text: str) -> list[str]:
    """The paths in a typed or dropped text: quoted, with backslashes, as file:// addresses, or just as it is.

    Terminals quote what is dropped on them in one of these ways. A text that is the name of something that
    exists is taken as it is.
    """
    text = text.strip()
    if not text:
        return []
    if exists(text):
        return [text]
    try:
        words = shlex.split(text)
    except ValueError:
        words = [text]
    paths = [_local(word) for word in words]
    return paths if len(paths) == 1 or all(map(exists, paths)) else [text]


def dropped(text: str) -> list[str]:
    """The files named by a pasted text when it holds nothing but whole paths of existing files, else none."""
    if len(text) > 20_000 or not text.strip().strip("'\"").startswith(("/", "~/", "file://")):
        return []
    paths = given(text.replace("\r", "\n").replace("\n", " "))
    return paths if paths and all(_is_file(path) for path in paths) else []


def exists(path: str) -> bool:
    """Whether there is something of that name; False also for names that cannot be."""
    try:
        return Path(path).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False


def _is_file(path: str) -> bool:
    try:
        return Path(path).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        return False


def begun_anew(typed: str) -> str:
    """A whole path typed behind another takes its place: `~//srv/a` is `/srv/a`, `~/~/b` is `~/b`."""
    if typed.startswith(("~/", "/")):
        for mark in ("/~/", "//"):
            _, found, after = typed.rpartition(mark)
            if found:
                typed = mark[1:] + after
    return typed


def matching(typed: str, most: int = 200) -> list[Entry]:
    """What the beginning of a path may become: folders first, then files, hidden ones when asked for."""
    folder, _, start = typed.rpartition("/")
    folder = f"{folder}/" if "/" in typed else ""
    found: list[Entry] = []
    try:
        with os.scandir(Path(folder or ".").expanduser()) as entries:
            for entry in entries:
                if entry.name.lower().startswith(start.lower()) and (start or entry.name[0] != "."):
                    found.append(_entry(folder, entry))
    except (OSError, ValueError, RuntimeError):
        return []
    found.sort(key=lambda one: (not one.folder, one.name.lower()))
    return found[:most]


def _entry(folder: str, entry: os.DirEntry[str]) -> Entry:
    try:
        is_folder = entry.is_dir()
        size = 0 if is_folder else entry.stat().st_size
    except OSError:
        is_folder, size = False, 0
    return Entry(f"{folder}{entry.name}{'/' if is_folder else ''}", entry.name, is_folder, size)


def _local(word: str) -> str:
    if word.startswith("file://"):
        return unquote(urlsplit(word).path)
    return word
