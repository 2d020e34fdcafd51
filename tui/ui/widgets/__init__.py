"""Widgets of our own; none of them knows the app, the engine or the store."""
