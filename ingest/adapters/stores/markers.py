"""Makes the marks that go with each request, and prove by being read back that it reached the store."""

import re
import secrets
from collections.abc import Sequence

from contract.times import to_micros
from ingest.domain.batches import Mark
from ingest.domain.line_protocol import join_marked
from runtime.clock import Clock

_NUMBERS = 2**53
"""Numbers below it survive a store that keeps only floats."""

_MS = 1_000


class Marker:
    """Makes the marks of one *writer*, each a millisecond after the one before it or later.

    The writer's name is the same after a restart: VictoriaMetrics shows a reading of a new series only
    after some ten seconds.
    """

    def __init__(self, writer: str, clock: Clock) -> None:
        self.writer = re.sub(r"[^A-Za-z0-9_.-]", "_", writer)
        self._clock = clock
        self._last_ms = 0

    def next(self) -> Mark:
        """Return a mark that was never written before."""
        self._last_ms = max(to_micros(self._clock()) // _MS, self._last_ms + 1)
        return Mark(secrets.randbelow(_NUMBERS), self._last_ms * _MS)

    def enclose(self, parts: Sequence[bytes], mark: Mark) -> bytes:
        """Return the body of a request: the lines of *parts* between the two ends of *mark*."""
        return join_marked(parts, mark, writer=self.writer)
