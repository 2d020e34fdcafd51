"""outlook-tui: read and write mail in the terminal."""

__version__ = "0.1.0"
