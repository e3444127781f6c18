"""The shell's core is plain Python: this is the quick part of its tests, the rest is `make shell-test`."""

from __future__ import annotations

import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "mobile_shell/src"
sys.path.insert(0, str(SOURCE))
