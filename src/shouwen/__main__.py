"""`python -m shouwen`: the same as the command `shouwen`."""

from shouwen.cli import main

main()
