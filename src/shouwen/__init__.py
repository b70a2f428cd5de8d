"""Shouwen (首问): the regulation itself, run."""

__version__ = "0.1.0"
