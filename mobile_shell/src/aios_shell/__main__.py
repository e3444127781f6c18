"""Where Briefcase starts the app."""

from __future__ import annotations

from aios_shell.app import main

if __name__ == "__main__":
    main().main_loop()
