"""Our own themes: calm surfaces, one accent; Textual's own stay available beside them."""

from __future__ import annotations

import os

from textual.theme import Theme

DEFAULT = "outlook-dark"

VARIABLES = {"quiet": "#8a9099"}
"""Colours of our own for Textual's themes, which do not know them: `quiet` is for what matters less."""

THEMES: tuple[Theme, ...] = (
    Theme(
        name="outlook-dark",
        primary="#5aa9e6",
        secondary="#3b6ea5",
        accent="#5aa9e6",
        foreground="#d6dbe1",
        background="#14181d",
        surface="#181d23",
        panel="#20262e",
        warning="#e0b45c",
        error="#e5737b",
        success="#7fbf8f",
        dark=True,
        variables={
            "border": "#2c343e",
            "border-blurred": "#2c343e",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-background": "#24527a",
            "block-cursor-blurred-background": "#262e37",
            "quiet": "#8b97a5",
            "footer-background": "#14181d",
            "footer-key-foreground": "#5aa9e6",
            "footer-description-foreground": "#8b97a5",
            "input-selection-background": "#5aa9e6 35%",
            "scrollbar": "#2f3944",
            "scrollbar-hover": "#415061",
            "scrollbar-active": "#5aa9e6",
            "scrollbar-background": "#181d23",
            "scrollbar-background-hover": "#181d23",
            "scrollbar-background-active": "#181d23",
            "scrollbar-corner-color": "#181d23",
        },
    ),
    Theme(
        name="outlook-light",
        primary="#0f6cbd",
        secondary="#2b88d8",
        accent="#0f6cbd",
        foreground="#242a31",
        background="#f3f5f7",
        surface="#ffffff",
        panel="#e8ecf0",
        warning="#8a5a00",
        error="#b3261e",
        success="#1e6e3c",
        dark=False,
        variables={
            "border": "#d3dae1",
            "border-blurred": "#d3dae1",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-background": "#0f6cbd",
            "block-cursor-blurred-background": "#dde6ef",
            "quiet": "#5b6672",
            "footer-background": "#f3f5f7",
            "footer-key-foreground": "#0f6cbd",
            "footer-description-foreground": "#5b6672",
            "input-selection-background": "#0f6cbd 25%",
            "scrollbar": "#c6ced6",
            "scrollbar-hover": "#a9b4bf",
            "scrollbar-active": "#0f6cbd",
            "scrollbar-background": "#ffffff",
            "scrollbar-background-hover": "#ffffff",
            "scrollbar-background-active": "#ffffff",
            "scrollbar-corner-color": "#ffffff",
        },
    ),
    Theme(
        name="outlook-contrast",
        primary="#ffd400",
        secondary="#ffd400",
        accent="#ffd400",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#1a1a1a",
        warning="#ffb000",
        error="#ff7070",
        success="#5dff5d",
        dark=True,
        text_alpha=1.0,
        variables={
            "border": "#ffffff",
            "border-blurred": "#8a8a8a",
            "block-cursor-foreground": "#000000",
            "block-cursor-background": "#ffd400",
            "block-cursor-blurred-background": "#4a4a4a",
            "quiet": "#e6e6e6",
            "footer-background": "#000000",
            "footer-key-foreground": "#ffd400",
            "footer-description-foreground": "#ffffff",
            "input-selection-background": "#ffd400 50%",
            "text-muted": "#ffffff",
            "scrollbar": "#bbbbbb",
            "scrollbar-hover": "#ffffff",
            "scrollbar-active": "#ffd400",
            "scrollbar-background": "#000000",
            "scrollbar-background-hover": "#000000",
            "scrollbar-background-active": "#000000",
            "scrollbar-corner-color": "#000000",
        },
    ),
)
"""Registered by the app at its start. Names the settings file uses."""


def terminal_is_light() -> bool:
    """Whether the terminal says that its background is light, as rxvt, Konsole and others do."""
    return os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")


def chosen(name: str, known: set[str]) -> str:
    """The theme to use for a name from the settings: itself where it exists, else the default."""
    aliases = {
        "dark": "outlook-dark",
        "light": "outlook-light",
        "contrast": "outlook-contrast",
        "auto": "outlook-light" if terminal_is_light() else DEFAULT,
    }
    wanted = aliases.get(name, name)
    return wanted if wanted in known else DEFAULT
