"""Static files of all rooms in one folder, with names made of their contents."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def sources_digest() -> str:
    """A digest of name, size and time of every static file at its source."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def gather() -> None:
    """Runs collectstatic, which hashes and compresses for seconds, only when a source has changed."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / "sources.sha256"
    digest = sources_digest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest)
