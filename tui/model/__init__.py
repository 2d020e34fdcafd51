"""The ground floor: plain frozen data that every other floor speaks in. Standard library only, no I/O."""
