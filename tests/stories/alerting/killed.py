"""A fire from its first suspicion to its end, with a process that is killed at a chosen moment of it.

Outside of the process nothing forgets: a gateway sends again what has no receipt, a person says again
what had no answer, and a destination keeps an account of each time that it was told.
"""

import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from signal import SIGKILL
from typing import Any

from sqlalchemy import Connection, event

from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import Destination
from alerting.store.deliveries import DeliveryAttempt
from contract.messages import Edge
from tests.stories.alerting.house import MARKET, START, House, signal
from tests.stories.alerting.house import house as a_house

AWAY = {"owner": (START, START + timedelta(seconds=105))}
"""When which destination does not answer."""

PATIENCE = timedelta(seconds=10)
"""After how long a destination that was away is tried again."""

# Two stages are a whole escalation, and half the moments of three.
_DAY = MARKET.policies[0]
BRIEF = MARKET.model_copy(
    update={"policies": (_DAY.model_copy(update={"stages": _DAY.stages[:2]}), *MARKET.policies[1:])}
)

LONGEST = START + timedelta(hours=3)

Act = Callable[[House], Awaitable[object]]


class Killed(Exception):
    """The process is dead: nothing more of it reaches the database."""


@dataclass
class Death:
    """Kills a process at moment *at* of its writing: a statement, or either side of a commit."""

    at: int | None
    really: bool = False
    passed: int = 0
    dead: bool = False

    def moment(self) -> None:
        self.passed += 1
        self.dead = self.dead or self.passed == self.at
        if self.dead and self.really:
            os.kill(os.getpid(), SIGKILL)
        if self.dead:
            raise Killed(f"at moment {self.passed}")


@contextmanager
def deadly(house: House, at: int | None, *, really: bool) -> Iterator[Death]:
    """The process of *house* dies at its moment *at*, counted from here; *really*, by a signal."""
    death, engine = Death(at, really), house.engine.database._engine
    commit = engine.dialect.do_commit

    def statement(connection: Connection, *_details: object) -> None:
        if not connection.get_execution_options().get("reads_only", False):
            death.moment()

    def do_commit(connection: Any) -> None:
        death.moment()
        commit(connection)
        death.moment()

    watchers = house.engine.database.watchers
    event.listen(engine, "before_cursor_execute", statement)
    watchers.append(statement)
    engine.dialect.do_commit = do_commit  # type: ignore[method-assign,assignment] # of the object
    try:
        yield death
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        watchers.remove(statement)
        engine.dialect.do_commit = commit  # type: ignore[method-assign]


def script() -> list[tuple[float, Act]]:
    """Return the events outside, by seconds since the beginning."""
    return [
        (0, _sends("smoke-01", seq=1)),
        (40, _sends("smoke-02", seq=2)),
        (45, _sends("smoke-03", seq=3)),
        (110, lambda house: house.acknowledge("Trực ban 1")),
        (420, _sends("smoke-01", seq=4, edge=Edge.RESTORED)),
        (475, lambda house: house.acknowledge("Trực ban 2")),
        (480, lambda house: house.close("Trực ban 2")),
    ]


@dataclass
class World:
    """All that is outside of the process, and the time.

    With a *diary* the process is a real one, which really is killed: what it has done is in there.
    """

    house: House
    todo: list[tuple[datetime, Act]]
    told: Counter[str] = field(default_factory=Counter)
    diary: Path | None = None

    async def live(self, *kills: int) -> Death:
        """Let all happen, with a process that dies at each of *kills* in turn; returns the last one."""
        for at in kills:
            if not (death := await self._live(at)).dead:
                return death
        return await self._live(None)

    async def die_at_moments(self, *, every: int) -> int:
        """Let all happen though one of *every* moments in turn ends the process; returns how often."""
        deaths, at, death = 0, 0, Death(None, dead=True)
        while death.dead:
            before, at = await self._reached(), at + every
            death = await self._live(at)
            deaths += death.dead
            at = at if await self._reached() == before else 0
        return deaths

    async def _live(self, at: int | None) -> Death:
        with deadly(self.house, at, really=self.diary is not None) as death, suppress(Killed):
            await self._go_on()
        if death.dead:
            await self.house.restart()
        return death

    async def _reached(self) -> tuple[datetime, int, int]:
        lines = await self.house.rows("SELECT count(*) AS n FROM timeline")
        return self.house.now, len(self.todo), lines[0]["n"]

    async def _go_on(self) -> None:
        while self.house.now < LONGEST:
            await self._now()
            following = await self._next()
            if following is None:
                return
            self.house.now = max(following, self.house.now)
            self._note("now", self.house.now.isoformat())

    async def _now(self) -> None:
        while self.todo and self.todo[0][0] <= self.house.now:
            await self.todo[0][1](self.house)
            del self.todo[0]
            self._note("done")
            await self._relay()
        await self.house.engine.deadlines.run_due(self.house.now)
        await self._relay()

    async def _next(self) -> datetime | None:
        engine, acts = self.house.engine, [at for at, _ in self.todo[:1]]
        tries = [await engine.outbox.next_attempt(each) for each in await self._waiting()]
        moments = [*acts, await engine.deadlines.next_deadline(), *tries]
        return min((each for each in moments if each is not None), default=None)

    async def _waiting(self) -> list[Destination]:
        lines = await self.house.engine.transactions.read(
            lambda store: store.deliveries.waiting_destinations()
        )
        return sorted(lines)

    async def _relay(self) -> None:
        for line in await self._waiting():
            while (
                begun := await self.house.engine.outbox.begin_attempt(line, self.house.now)
            ) is not None:
                await self._attempt(begun)

    async def _attempt(self, begun: DeliveryAttempt) -> None:
        now = self.house.now
        begin, end = AWAY.get(begun.destination, (now, now))
        if begin <= now < end:
            until = now + PATIENCE
            await self.house.engine.outbox.record_failure(
                begun, ChannelAnswer(AttemptResult.NO_ANSWER, "away"), until=until, now=now
            )
            return
        self.told[begun.id] += 1
        self._note("told", begun.id)
        await self.house.engine.outbox.record_delivered(begun, now)

    def _note(self, *words: str) -> None:
        if self.diary is not None:
            with self.diary.open("a") as file:
                file.write(" ".join(words) + "\n")

    def read(self, diary: Path) -> None:
        """Go on where a process that was killed has left all."""
        for word, *rest in map(str.split, diary.read_text().splitlines()):
            if word == "done":
                del self.todo[0]
            elif word == "told":
                self.told[rest[0]] += 1
            else:
                self.house.now = datetime.fromisoformat(rest[0])


def world(house: House, diary: Path | None = None) -> World:
    todo = [(START + timedelta(seconds=seconds), act) for seconds, act in script()]
    return World(house, todo, diary=diary)


async def be_killed(database: str, at: int, diary: Path) -> None:
    """The whole life of a process that is killed at its moment *at*."""
    async with a_house(database, BRIEF) as one:
        await world(one, diary).live(at)


def _sends(name: str, *, seq: int, edge: Edge = Edge.RAISED) -> Act:
    return lambda house: house.send_signals(signal(seq, name, house.now, edge=edge))
