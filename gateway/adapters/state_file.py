"""State kept over a restart: open conditions, names of points, clean-air baselines, exchanges."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog
from msgspec import Struct

from contract.messages import Kind, Scope
from gateway.domain.points.site_points import Baselines, DetectorAddress, OpenConditions
from runtime.own_files import open_fresh, read_own
from runtime.own_thread import PurposeThreads

log = structlog.get_logger(__name__)


class StateSnapshot(NamedTuple):
    """The state to keep; *heard* names the points that were ever heard."""

    held: OpenConditions
    names: dict[DetectorAddress, str]
    baselines: Baselines
    heard: frozenset[str] = frozenset()


_AT_MOST_EVERY_S = 0.2

_AT_LEAST_EVERY_S = 3_600.0
"""Clean air is learned over days, while nothing else changes."""


class _StoredCondition(Struct, frozen=True):
    scope: Scope
    name: str
    kind: Kind
    reason: str


class _StoredName(Struct, frozen=True):
    heard_on: str
    address: str
    name: str


class _StateContent(Struct, frozen=True):
    v: int
    epoch: str
    conditions: list[_StoredCondition]
    names: list[_StoredName]
    baselines: Baselines = {}
    heard: list[str] = []
    installed: dict[str, int] = {}


_VERSION = 1


class StateFile:
    """One small file, rewritten after each stored change and every hour.

    It holds only what is stored, and counts only with the outbox of *epoch*, in which that is stored:
    so a crash, or the loss of the outbox, may repeat a signal and never hides one. A file that cannot
    be read counts as empty, which costs restorations and no alarm.
    """

    def __init__(self, file: Path, epoch: str) -> None:
        self._file = file
        self._epoch = epoch
        self._changed = asyncio.Event()
        self._thread = PurposeThreads("state file")
        self.held: OpenConditions = {}
        self.names: dict[DetectorAddress, str] = {}
        self.baselines: Baselines = {}
        self.heard = frozenset[str]()
        # Of which detector of each point the rest was learned: the one that was put there then.
        self.installed: dict[str, int] = {}
        self._load()

    def schedule_write(self) -> None:
        """Have the file written soon."""
        self._changed.set()

    def forget_replaced(self, installed: Mapping[str, int]) -> None:
        """Drop what was learned of exchanged detectors; *installed* is when each one now was put there.

        Open conditions stay: what was reported of the old detector ends by what the new one says.
        """
        replaced = {name for name, at in installed.items() if self.installed.get(name) != at}
        if known := sorted(replaced & (self.baselines.keys() | self.heard)):
            log.info("detectors exchanged; what was learned of the old ones is dropped", points=known)
        self.baselines = {name: of for name, of in self.baselines.items() if name not in replaced}
        self.heard -= replaced
        self.installed |= installed

    def conditions_of(self, scope: Scope, name: str) -> list[tuple[Kind, str]]:
        """Return the conditions of one thing that were open before the restart."""
        return self.held.get((scope, name), [])

    @asynccontextmanager
    async def running(self, snapshot: Callable[[], StateSnapshot]) -> AsyncIterator[None]:
        """Write *snapshot* after changes within the block, and once more at its end."""
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self._run(snapshot), name="state file")
            try:
                yield
            finally:
                task.cancel()
                self._write(_encode_state(self._epoch, snapshot(), self.installed))

    async def _run(self, snapshot: Callable[[], StateSnapshot]) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_AT_LEAST_EVERY_S):
                    await self._changed.wait()
            self._changed.clear()
            content = _encode_state(self._epoch, snapshot(), self.installed)
            await self._thread.run(partial(self._write, content))
            await asyncio.sleep(_AT_MOST_EVERY_S)

    def _write(self, content: bytes) -> None:
        fresh = self._file.with_suffix(".new")
        try:
            with open_fresh(fresh) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._file)
        except OSError as error:
            log.error("state file not written", file=str(self._file), reason=str(error))

    def _load(self) -> None:
        try:
            content = msgspec.json.decode(read_own(self._file), type=_StateContent)
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.error(
                "state file not read; starting without it", file=str(self._file), reason=str(error)
            )
            return
        self.baselines = content.baselines
        self.heard = frozenset(content.heard)
        self.installed = content.installed
        self.names = {(each.heard_on, each.address): each.name for each in content.names}
        if content.epoch != self._epoch:
            log.warning("state file of another outbox; conditions are reported again")
            return
        for each in content.conditions:
            self.held.setdefault((each.scope, each.name), []).append((each.kind, each.reason))


def _encode_state(epoch: str, known: StateSnapshot, installed: dict[str, int]) -> bytes:
    conditions = [
        _StoredCondition(scope, name, kind, reason)
        for (scope, name), conditions in known.held.items()
        for kind, reason in conditions
    ]
    named = [_StoredName(heard_on, address, name) for (heard_on, address), name in known.names.items()]
    heard = sorted(known.heard)
    content = _StateContent(_VERSION, epoch, conditions, named, known.baselines, heard, installed)
    return msgspec.json.encode(content)
