"""Where everything is kept: the platform's own folders, or all below one home."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tui.model.error import CannotCreate

NAME = "outlook-tui"
HOME_VARIABLE = "OUTLOOK_TUI_HOME"


@dataclass(frozen=True, slots=True)
class Paths:
    """The configuration file, and the folders of data, state, cache and logs."""

    config_file: Path
    data: Path
    state: Path
    cache: Path
    logs: Path

    @property
    def database(self) -> Path:
        """The mail store."""
        return self.data / "mail.db"

    @property
    def engine_lock(self) -> Path:
        """Whoever holds this lock talks to the servers."""
        return self.state / "engine.lock"


def find(home: str | None = None) -> Paths:
    """The paths below `home`, else below $OUTLOOK_TUI_HOME, else in the platform's own folders.

    Missing folders are made; all are closed to other users (0700). Raises CannotCreate.
    """
    chosen = home or os.environ.get(HOME_VARIABLE)
    paths = _below(Path(chosen)) if chosen else _of_platform()
    for folder in (paths.config_file.parent, paths.data, paths.state, paths.cache, paths.logs):
        _make_private(folder)
    return paths


def downloads() -> Path:
    """The person's own folder for downloads."""
    from platformdirs import user_downloads_path

    return user_downloads_path()


def personal() -> tuple[str, ...]:
    """What must not stand in a report for others: home folder, user name, the name of this computer."""
    import getpass
    import socket

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # nobody of that number is known here
        name = ""
    return tuple(filter(None, (str(Path.home()), name, socket.gethostname())))


def _below(home: Path) -> Paths:
    try:
        root = home.expanduser().absolute()
    except RuntimeError as cause:
        raise CannotCreate(f"There is no home folder for {home}.", "Name a folder with --home.") from cause
    return Paths(
        root / "config" / "config.toml", root / "data", root / "state", root / "cache", root / "logs"
    )


def _of_platform() -> Paths:
    import platformdirs

    folders = platformdirs.PlatformDirs(NAME, appauthor=False)
    return Paths(
        folders.user_config_path / "config.toml",
        folders.user_data_path,
        folders.user_state_path,
        folders.user_cache_path,
        folders.user_log_path,
    )


def _make_private(folder: Path) -> None:
    """Make a folder that only we can enter, whatever the umask and whatever it was before."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as cause:
        raise CannotCreate(
            f"The folder {folder} cannot be made or made private: {cause.strerror}.",
            "Check the rights of the folders above it, or name another place with --home.",
        ) from cause
