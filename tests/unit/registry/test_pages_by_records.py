"""Pages of the exchange and of tables, read record by record, are those of the whole registry."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from audit.center_key import CenterKey
from registry.domain.outline import RegistryOutline
from registry.domain.scope import RegistryReach, RowSites, visible
from registry.drafts.rows import PageOfRows, RowReader, RowsWanted
from registry.exchange.cursors import BadCursor, decoded
from registry.exchange.documents import document, signed
from registry.exchange.items import EXCHANGED, item_of
from registry.exchange.pages import first_cursor
from registry.exchange.reading import ExchangeReading
from registry.model.registry import TABLES, Registry
from registry.store import metadata, open_store, store_registry
from registry.store.outlines import Outlines
from registry.store.record_queries import premises_naming
from runtime.database import open_database
from tests.support.any_registries import registries
from tests.support.communes import BLUE, RED, registered
from tests.support.exchange_reader import GONE, ExchangeReader
from tests.support.reach import EVERYWHERE, NamedReach

KEY = CenterKey(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass
class StoredCenter:
    """A center whose versions are in the database of *connection*, for a reader with *reach*."""

    connection: Connection
    reach: RegistryReach
    outlines: Outlines = field(default_factory=Outlines)
    active: Registry = field(default_factory=Registry)

    def __post_init__(self) -> None:
        self._reading = ExchangeReading(self.outlines)

    def store(self, content: Registry) -> None:
        store_registry(self.connection, content, who="An", now=NOW)
        self.active = content

    def ask(self, path: str) -> tuple[int, bytes]:
        query = dict(each.split("=", 1) for each in path.partition("?")[2].split("&"))
        own = first_cursor("camau", str(self.reach))
        try:
            page = self._reading.page(
                self.connection,
                cursor=decoded(query["cursor"]) if "cursor" in query else own,
                own=own,
                reach_of=None if self.reach.is_everywhere else self._reach_of,
                limit=int(query["limit"]),
            )
        except BadCursor as error:
            return GONE, json.dumps({"error": str(error)}).encode()
        return 200, signed(document(page, center="camau", scope="everything"), KEY)

    def _reach_of(self, outline: RegistryOutline) -> RegistryReach:
        return self.reach

    def expected(self) -> dict[str, Any]:
        content = visible(self.active, self.reach)
        rows = ((table, row) for table in EXCHANGED for row in getattr(content, table))
        items = (item_of(table, row, "camau") for table, row in rows)
        return {item["id"]: item["data"] for item in items}

    def listed(self, table: str, limit: int) -> Iterator[tuple[str, Any, Any]]:
        """Yield all rows of *table*, page by page."""
        after: str | None = ""
        while after is not None:
            wanted = RowsWanted(table, after, limit)
            page: PageOfRows = RowReader(self.outlines).page(self.connection, self.reach, wanted)
            assert len(page.rows) <= limit
            yield from page.rows
            after = page.next

    def expected_rows(self, table: str) -> list[tuple[str, Any, Any]]:
        sites = RowSites(self.active)
        rows = sorted(getattr(visible(self.active, self.reach), table), key=lambda row: str(row.key))
        return [(row.key, sites.of(table, row), row.model_dump(mode="json")) for row in rows]


@contextmanager
def center(reach: RegistryReach) -> Iterator[StoredCenter]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as connection:
        yield StoredCenter(connection, reach)
    engine.dispose()


def reaches(contents: list[Registry]) -> st.SearchStrategy[NamedReach]:
    """Return places of somebody: everywhere, or some areas and premises of *contents*."""
    areas = sorted({each.id for content in contents for each in content.areas})
    premises = sorted({each.id for content in contents for each in content.premises})
    some = st.builds(
        NamedReach,
        areas=st.frozensets(st.sampled_from(areas)) if areas else st.just(frozenset[str]()),
        premises=st.frozensets(st.sampled_from(premises)) if premises else st.just(frozenset[str]()),
    )
    return st.just(EVERYWHERE) | some


@given(st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_a_reader_has_what_is_visible_to_it_after_any_changes(data: st.DataObject) -> None:
    contents = data.draw(st.lists(registries(), min_size=1, max_size=4))
    with center(data.draw(reaches(contents))) as one:
        reader = ExchangeReader(one.ask, KEY.public.hex())
        for content in contents:
            one.store(content)
            if data.draw(st.booleans()):
                reader.follow(limit=data.draw(st.integers(1, 4)))
                assert reader.rows == one.expected()
        reader.follow()
        assert (reader.rows, reader.begun_anew) == (one.expected(), 0)


@given(st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_pages_and_counts_of_each_table_are_those_of_the_whole_registry(data: st.DataObject) -> None:
    contents = data.draw(st.lists(registries(), min_size=1, max_size=3))
    with center(data.draw(reaches(contents))) as one:
        for content in contents:
            one.store(content)
            found = {table: list(one.listed(table, data.draw(st.integers(1, 4)))) for table in TABLES}
            assert found == {table: one.expected_rows(table) for table in TABLES}
            counts = RowReader(one.outlines).version(one.connection, one.reach).counts
            assert counts == {table: len(rows) for table, rows in found.items()}


def test_rows_that_only_their_readers_right_reaches_otherwise_appear_and_go() -> None:
    content = registered(RED, BLUE)
    with center(NamedReach(premises=frozenset({f"cho-{RED}"}))) as one:
        reader = ExchangeReader(one.ask, KEY.public.hex())
        for area in (RED, BLUE, RED):
            rows = [each.model_copy(update={"area": f"area-{area}"}) for each in content.premises]
            one.store(content.model_copy(update={"premises": tuple(rows)}))
            reader.follow(limit=2)
            assert reader.rows == one.expected()
            areas = {each for each in reader.rows if each.startswith("areas/area-")}
            assert areas == {f"areas/area-{area}@camau"}, "the row of the area itself never changed"


async def test_names_that_a_database_may_order_otherwise_come_once_each(database: str) -> None:
    content = registered(RED, BLUE, "a", "a-b", "a-b-c", "ab")
    async with open_store(database) as store:
        await store.store_registry(content, who="An", now=NOW)
        await store.store_registry(registered(RED, "a-b", "ab"), who="An", now=NOW)
        await store.store_registry(content, who="An", now=NOW)
    async with open_database(database) as opened:
        await opened.read(partial(_check_all, content=content))


def _check_all(connection: Connection, *, content: Registry) -> None:
    assert premises_naming(connection, {"head-a", "head-ab"}) == {"cho-a", "cho-ab"}
    for reach in (EVERYWHERE, NamedReach(areas=frozenset({f"area-{RED}", "area-a-b"}))):
        one = StoredCenter(connection, reach, active=content)
        reader = ExchangeReader(one.ask, KEY.public.hex())
        reader.follow(limit=2)
        assert reader.rows == one.expected()
        for table in TABLES:
            assert list(one.listed(table, 2)) == one.expected_rows(table)
