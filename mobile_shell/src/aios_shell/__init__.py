"""The native shell of AIOS: the same pages as in a browser, inside an app of one's own (docs/shell.md)."""

__version__ = "0.1.0"
