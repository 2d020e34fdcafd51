"""One file a screen; each takes the Desk as its first argument."""
