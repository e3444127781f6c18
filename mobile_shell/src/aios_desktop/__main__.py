"""`aios-desktop`: the window, or, in a process beside it, the server for this computer alone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aios_shell.core.address import AddressError, parse_server
from aios_shell.core.build import Build

from aios_desktop.embedded import ARGUMENT, EmbeddedError, serve_here
from aios_desktop.instance import hand_over
from aios_desktop.profile import default_profile


def main() -> int:
    """Run it. Gives the exit status."""
    if sys.argv[1:] == [ARGUMENT]:
        return serve_here()
    parser = argparse.ArgumentParser(prog="aios-desktop", description="AIOS in a window of its own.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--server", default="", metavar="ADDRESS", help="a server, such as aios.example; kept")
    where.add_argument("--here", action="store_true", help="start a server on this computer alone, and keep to it")
    parser.add_argument("--profile", type=Path, default=default_profile(), help="the folder where everything is kept")
    parser.add_argument("link", nargs="?", default="", help="aios://planner, or an address on the server")
    given = parser.parse_args()
    try:
        server = parse_server(given.server) if given.server else ""
    except AddressError as error:
        parser.error(str(error))
    given.profile.mkdir(parents=True, exist_ok=True, mode=0o700)
    if hand_over(given.profile, given.link):
        return 0
    from aios_desktop.window import DesktopWindow, desktop_build  # noqa: PLC0415  a second start needs no engine

    try:
        DesktopWindow(given.profile, desktop_build(Build.read()), server, here=given.here).run(given.link)
    except EmbeddedError as error:
        print(f"The server of this computer did not start.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
