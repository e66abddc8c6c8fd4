"""`python -m econ111` is the command line, for machines where the `econ111` command is not on the path."""

from __future__ import annotations

from econ111.cli import main

if __name__ == "__main__":
    main()
