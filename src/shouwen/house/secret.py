"""The signing key of one installation."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def kept_key(home: Path) -> str:
    """The key kept in `home/secret-key`, made at the first call, readable by the owner alone.

    Two processes that start at the same time agree: the file appears whole or not at all, and the first one wins.
    """
    file = home / "secret-key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        own = home / f"secret-key.{os.getpid()}"
        own.touch(mode=0o600)
        own.write_text(get_random_secret_key())
        try:
            os.link(own, file)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return file.read_text().strip()
