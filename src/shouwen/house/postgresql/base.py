"""Django's own PostgreSQL, but with cursors whose statements the server prepares, and a look at a connection that costs
no way to the server and back."""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection. The stubs do not know what it overrides."""

    def prepared(self) -> Any:
        """A cursor for statements that are written often and alike: their values are bound by the server, which takes
        each statement apart and plans it once a connection."""
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor = base.ServerBindingCursor(self.connection)  # type: ignore[call-arg]
        return self._prepare_cursor(cursor)  # type: ignore[attr-defined]

    def is_usable(self) -> bool:
        """Nothing waits to be read from a connection that is well and idle: what a server that goes away sends does."""
        if self.connection is None or self.connection.closed:
            return False
        waits = select.poll()
        waits.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        return not waits.poll(0) or bool(super().is_usable())
