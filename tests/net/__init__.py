"""Tests of the connections, on real and on scripted servers."""
