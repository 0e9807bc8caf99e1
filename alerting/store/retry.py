"""Tries the database again until it takes what must not be lost."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import structlog
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)

from alerting.metrics import Metrics
from runtime.backoff import Backoff

log = structlog.get_logger(__name__)

WRITING_AGAIN = Backoff(0.1, 5.0)
"""Seconds: soon, because an alarm waits; then slowly enough to let a full or absent database recover."""

PASSING = (OperationalError, IntegrityError, InterfaceError, InternalError)
"""Errors of a database that is away, locked or full: they concern whatever is stored then.

An IntegrityError too: another process stored the same meanwhile, and the next try sees that.
"""

VALUES_REFUSED = (DataError, OverflowError, UnicodeEncodeError)
"""Errors for a value that no try will store, however well the database is."""

T = TypeVar("T")


class DatabaseRetry:
    """Tries work again; *trouble* is what the database says to some work that waits just now.

    *on_failure* are called at each refusal.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._troubles: dict[object, str] = {}
        self.on_failure: list[Callable[[], None]] = []

    @property
    def trouble(self) -> str | None:
        """The reason why something is not stored; None while everything is."""
        return next(iter(self._troubles.values()), None)

    async def until_stored(
        self,
        work: Callable[[], Awaitable[T]],
        *,
        despite: tuple[type[DBAPIError], ...] = (DBAPIError,),
    ) -> T:
        """The answer of *work*, tried again while it fails with one of *despite*.

        VALUES_REFUSED are raised at once: no further try can help.
        """
        failures = 0
        with self._watched() as about:
            while True:
                try:
                    return await work()
                except VALUES_REFUSED:
                    raise
                except despite as error:
                    self.record_failure(about, error)
                failures += 1
                await asyncio.sleep(WRITING_AGAIN.delay(failures))

    def record_failure(self, about: object, error: DBAPIError) -> None:
        """The database refused what *about* stands for; in trouble until ``over`` is said of it."""
        self._metrics.not_stored.inc()
        log.error("database write failed; retrying", reason=str(error.orig))
        self._troubles[about] = str(error.orig)
        for notice in self.on_failure:
            notice()

    def clear(self, about: object) -> None:
        """Forget *about*: it is stored, or nobody waits for it any longer."""
        self._troubles.pop(about, None)

    @contextmanager
    def _watched(self) -> Iterator[object]:
        about = object()
        try:
            yield about
        finally:
            self.clear(about)
