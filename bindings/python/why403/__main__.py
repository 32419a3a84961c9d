"""``python -m why403``: the command line."""

import os
import sys

from ._why403 import main


def run() -> None:
    sys.stdout.flush()
    sys.exit(main([b"why403", *(os.fsencode(argument) for argument in sys.argv[1:])]))


if __name__ == "__main__":
    run()
