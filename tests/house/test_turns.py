"""Threads of one process take turns at writing on SQLite, and a turn ends however the transaction does."""

import contextlib
import threading

import pytest
from django.db import connection, transaction

from shouwen.house.sqlite.base import DatabaseWrapper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


def is_taken() -> bool:
    return DatabaseWrapper._turns.locked()


def test_a_turn_ends_however_the_transaction_ends() -> None:
    taken = []
    with transaction.atomic():
        taken.append(is_taken())
    taken.append(is_taken())
    with contextlib.suppress(RuntimeError), transaction.atomic():
        taken.append(is_taken())
        raise RuntimeError
    taken.append(is_taken())
    with transaction.atomic():
        taken.append(is_taken())
        connection.close()
        taken.append(is_taken())
    assert taken == [True, False, True, False, True, False]


def test_the_second_writes_after_the_first() -> None:
    told: list[str] = []

    def second() -> None:
        with transaction.atomic():
            told.append("second")
        connection.close()

    with transaction.atomic():
        thread = threading.Thread(target=second)
        thread.start()
        told.append("first")
    thread.join()
    assert told == ["first", "second"]
