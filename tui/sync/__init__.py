"""The engine: threads that bring store and servers together. It alone knows mail, net, store and config."""
