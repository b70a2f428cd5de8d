"""Starts Django for a command or a server process."""

import os

import django


def boot() -> None:
    """Sets Django up with the house's settings; calling it again changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwen.house.settings")
    django.setup()
