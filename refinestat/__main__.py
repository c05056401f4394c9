"""`python -m refinestat`: the same as the command `refinestat`."""

import sys

from refinestat.refinegen.cli import main

if __name__ == "__main__":
    sys.exit(main())
