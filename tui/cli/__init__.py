"""The command line: the one place that wires settings, store, secrets, engine and screen together."""
