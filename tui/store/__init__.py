"""The mail store: one SQLite file. The only room that says SELECT.

`Reader` and `Writer` are its two doors; the other modules are functions over a connection.
"""
