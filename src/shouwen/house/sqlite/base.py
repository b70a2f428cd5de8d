"""Django's own SQLite, but that the threads of one process take turns at writing.

SQLite lets one write at a time; who finds it busy sleeps and asks again, ever longer, while whoever comes later may get
in before (https://www.sqlite.org/c3ref/busy_timeout.html). Other processes still wait like that.
"""

import threading
from typing import Any, ClassVar

from django.db.backends.sqlite3 import base

LONGEST = 20.0
"""Seconds after which a thread no longer waits for its turn, but leaves it to SQLite to say that it is busy."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection; its transactions begin as writing ones (IMMEDIATE). The stubs do not know what it overrides."""

    _turns: ClassVar[threading.Lock] = threading.Lock()
    _has_turn = False

    def prepared(self) -> Any:
        """A cursor for statements that are written often and alike: here every one is kept prepared."""
        return self.cursor()

    def _start_transaction_under_autocommit(self) -> None:
        if not self._has_turn:
            self._has_turn = self._turns.acquire(timeout=LONGEST)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns.release()
