"""The worker (后台): a consumer of the queue, and a tick that sweeps, delivers and anchors by itself."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import structlog
from django.db import close_old_connections
from django.db.models import F

from shouwen.journal import clock, queue
from shouwen.journal.anchors import daily_anchor
from shouwen.journal.models import Heartbeat
from shouwen.journal.outbox import BATCH, deliver_due
from shouwen.journal.periods import open_periods
from shouwen.journal.sweep import sweep

_log = structlog.get_logger(__name__)
Step = Callable[[], int]
_steps: list[Step] = []
DELIVERING = timedelta(seconds=5)
"""How long a round delivers: slow receivers hold up no due time."""


def each_round(step: Step) -> None:
    """Rooms below let the worker do something in each round; it must be quick, and harmless when done by several."""
    _steps.append(step)


_woken = threading.Event()


@queue.job("tick")
def wake() -> None:
    """Somebody has something to be delivered: tick at once."""
    _woken.set()


def work(stop: threading.Event, every: float, lease: timedelta) -> None:
    """Work until `stop` is set or SIGTERM or SIGINT comes; a tick every so many seconds. Any number of workers may
    run. Must be called in the main thread."""
    queue.prepare()
    consumer = queue.backend().create_consumer(workers=1, periodic=False, initial_delay=0.1, max_delay=1.0)
    consumer.start()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        _woken.set()

    # After start(), which sets handlers of its own.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    name = f"{socket.gethostname()}:{os.getpid()}"
    try:
        while not stop.is_set():
            tick(name, lease)
            _woken.wait(every)
            _woken.clear()
    finally:
        consumer.stop(graceful=True)
        Heartbeat.objects.filter(pk=name).delete()


def tick(name: str, lease: timedelta) -> None:
    """One round. Whatever goes wrong in it is logged and tried again in the next."""
    close_old_connections()
    _try(open_periods)
    swept = _try(sweep)
    delivered = _try(lambda: deliver_due(lease, DELIVERING))
    if delivered >= BATCH:
        # There may be more, but due times have their turn first.
        _woken.set()
    _try(daily_anchor)
    for step in _steps:
        _try(step)
    _try(lambda: _beat(name, swept, delivered))


def _try(step: Callable[[], int]) -> int:
    try:
        return step()
    except Exception:  # noqa: BLE001  it is logged, and the next round tries again
        _log.exception("tick failed")
        return 0


def _beat(name: str, swept: int, delivered: int) -> int:
    beat, _created = Heartbeat.objects.get_or_create(worker=name, defaults={"at": clock.now()})
    counted = {"swept": F("swept") + swept, "delivered": F("delivered") + delivered}
    return Heartbeat.objects.filter(pk=beat.pk).update(at=clock.now(), **counted)
