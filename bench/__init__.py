"""Measures how fast Caretally is: `make bench`, explained in docs/performance.md."""
