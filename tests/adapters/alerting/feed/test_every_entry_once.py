"""A reader that joins at any moment gets each entry once, in order, and misses none."""

import asyncio
import tempfile
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.http.feed_ring import RingLimits
from tests.adapters.alerting.feed.served import Reader, Served, served


@dataclass(frozen=True)
class Commit:
    """So many entries in one transaction, one after the other without a pause."""

    entries: int


@dataclass(frozen=True)
class Insert:
    """So many entries of another process."""

    entries: int


@dataclass(frozen=True)
class Join:
    """A reader that has all but the newest *behind*; None for one that wants what is new."""

    behind: int | None


@dataclass(frozen=True)
class Leave:
    """All readers leave."""


STEPS = st.lists(
    st.one_of(
        st.builds(Commit, st.integers(1, 30)),
        st.builds(Insert, st.integers(1, 250)),
        st.builds(Join, st.none() | st.integers(0, 400)),
        st.just(Leave()),
    ),
    max_size=15,
)
RINGS = st.builds(RingLimits, events=st.integers(1, 40), bytes=st.integers(1, 4_000))


@settings(max_examples=20, deadline=None)
@given(steps=STEPS, ring=RINGS)
def test_whatever_the_size_of_the_ring(
    steps: list[Commit | Insert | Join | Leave], ring: RingLimits
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(follow(f"sqlite:///{folder}/center.db", steps, ring))


async def follow(url: str, steps: list[Commit | Insert | Join | Leave], ring: RingLimits) -> None:
    async with served(url, ring=ring) as feed:
        readers: list[tuple[int, Reader]] = []
        for step in steps:
            match step:
                case Commit(entries):
                    await asyncio.gather(*(feed.commit(1 + turn) for turn in range(entries % 3)))
                    await feed.commit(entries)
                case Insert(entries):
                    await feed.insert(entries)
                case Join(behind):
                    newest = await feed.newest()
                    after = None if behind is None else max(0, newest - behind)
                    readers.append((newest if after is None else after, await feed.join(after)))
                case Leave():
                    await see_all(feed, readers)
                    for _, reader in readers:
                        await feed.leave(reader)
                    readers.clear()
        await see_all(feed, readers)
        for _, reader in readers:
            await feed.leave(reader)


async def see_all(feed: Served, readers: list[tuple[int, Reader]]) -> None:
    """One more entry, by which the feed learns of what others wrote; then every reader has all."""
    await feed.commit(1)
    ids = await feed.all_ids()
    for after, reader in readers:
        await feed.has(reader, [each for each in ids if each > after])
