"""AIOS in a window of a desktop, by pywebview: a server by its address, or one of its own for this computer alone."""
