"""`python -m aios` is the command `aios`."""

import sys

from aios.cli import main

if __name__ == "__main__":
    sys.exit(main())
