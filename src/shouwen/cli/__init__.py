"""The command `shouwen`. Each subcommand is loaded when it is called: help is quick, pure commands stay pure."""

from shouwen.cli.root import main

__all__ = ["main"]
