"""A reader of snapshots and deltas has what the registry has, after any changes and any interruption."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from referencing import Registry as Schemas
from referencing import Resource

from audit.center_key import CenterKey
from registry.domain.scope import RegistryReach, visible
from registry.exchange import verify
from registry.exchange.cursors import BadCursor, ExchangeCursor, decoded, encoded
from registry.exchange.documents import CONTEXT, document, signed
from registry.exchange.items import EXCHANGED, item_of
from registry.exchange.pages import ExchangedVersion, first_cursor, next_page
from registry.exchange.schema import schemas
from registry.model.registry import TABLES, Registry
from scripts.exchange_schemas import FOLDER, written
from tests.support.any_registries import registries
from tests.support.communes import BLUE, RED, registered
from tests.support.depth import examples
from tests.support.exchange_reader import GONE, ExchangeReader
from tests.support.reach import EVERYWHERE, NamedReach

KEY = CenterKey(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
OF_RED = NamedReach(areas=frozenset({f"area-{RED}"}))


@dataclass
class Center:
    """A center whose *versions* are at hand, as a reader with *reach* and *scope* sees it."""

    reach: RegistryReach = EVERYWHERE
    scope: str = "all"
    name: str = "camau"
    versions: list[Registry] = field(default_factory=lambda: [Registry()])

    def ask(self, path: str) -> tuple[int, bytes]:
        """Return the answer to *path*."""
        query = dict(each.split("=", 1) for each in path.partition("?")[2].split("&"))
        own = first_cursor(self.name, self.scope)
        try:
            cursor = decoded(query["cursor"]) if "cursor" in query else own
            page = next_page(
                cursor,
                active=len(self.versions) - 1,
                read=self._read,
                own=own,
                limit=int(query["limit"]),
            )
        except BadCursor as error:
            return GONE, json.dumps({"error": str(error)}).encode()
        return 200, signed(document(page, center=self.name, scope="everything"), KEY)

    def _read(self, number: int) -> ExchangedVersion | None:
        if number >= len(self.versions):
            return None
        content = self.versions[number]
        return ExchangedVersion(number, str(hash(content)), number, visible(content, self.reach))

    def rows(self) -> dict[str, Any]:
        """Return what a reader should have."""
        content = visible(self.versions[-1], self.reach)
        items = (
            item_of(table, row, self.name) for table in EXCHANGED for row in getattr(content, table)
        )
        return {item["id"]: item["data"] for item in items}


def reader(center: Center, ask: Callable[[str], tuple[int, bytes]] | None = None) -> ExchangeReader:
    return ExchangeReader(ask or center.ask, KEY.public.hex())


@given(st.lists(st.tuples(registries(), st.booleans(), st.integers(1, 4)), min_size=1, max_size=5))
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_reader_has_what_the_registry_has_after_any_changes(
    steps: list[tuple[Registry, bool, int]],
) -> None:
    center = Center()
    one = reader(center)
    for content, follows, limit in steps:
        center.versions.append(content)
        if follows:
            one.follow(limit=limit)
            assert one.rows == center.rows()
    one.follow()
    assert (one.rows, one.version, one.begun_anew) == (center.rows(), len(steps), 0)


@given(st.lists(registries(), min_size=2, max_size=4), st.integers(1, 3), st.integers(0, 4))
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_changes_between_two_pages_and_a_crash_lose_nothing(
    contents: list[Registry], limit: int, pages: int
) -> None:
    center = Center(versions=[Registry(), contents[0]])
    later = iter(contents[1:])

    def ask(path: str) -> tuple[int, bytes]:
        answer = center.ask(path)
        if (content := next(later, None)) is not None:
            center.versions.append(content)
        return answer

    first = reader(center, ask)
    first.follow(limit=limit)
    again = reader(center)
    again.rows, again.cursor = dict(first.rows), first.cursor
    again.follow(limit=limit)
    assert again.rows == center.rows()


def moved(area: str) -> Registry:
    content = registered(RED, BLUE)
    rows = [
        each.model_copy(update={"area": f"area-{area}"}) if each.id == f"cho-{RED}" else each
        for each in content.premises
    ]
    return content.model_copy(update={"premises": tuple(rows)})


def test_premises_that_move_out_of_a_limited_readers_places_are_deleted_with_all_rows() -> None:
    center = Center(reach=OF_RED, versions=[Registry(), moved(RED)])
    one = reader(center)
    one.follow()
    assert f"points/cho-{RED}/smoke-0-{RED}@camau" in one.rows
    assert BLUE not in json.dumps(one.rows)
    center.versions.append(moved(BLUE))
    one.follow()
    assert not [each for each in one.rows if f"cho-{RED}" in each]
    assert one.rows == center.rows()
    center.versions.append(moved(RED))
    one.follow()
    assert one.rows == center.rows() != {}


def test_a_deletion_says_nothing_but_what_is_gone() -> None:
    center = Center(versions=[Registry(), registered(RED)])
    one = reader(center)
    one.follow()
    center.versions.append(Registry())
    _, sent = center.ask(f"/?limit=500&cursor={one.cursor}")
    for item in json.loads(sent)["items"]:
        assert item.keys() == {"id", "table", "key", "premises", "deleted"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda center: setattr(center, "scope", "another"), "what you may see"),
        (lambda center: setattr(center, "name", "bac-lieu"), "of the center 'camau'"),
        (lambda center: center.versions.pop(), "does not have"),
        (lambda center: center.versions.__setitem__(1, registered(BLUE)), "another one than"),
    ],
)
def test_a_cursor_that_cannot_go_on_is_told_and_the_reader_begins_anew(
    change: Callable[[Center], None], reason: str
) -> None:
    center = Center(versions=[Registry(), registered(RED)])
    one = reader(center)
    one.follow()
    change(center)
    status, text = center.ask(f"/?limit=9&cursor={one.cursor}")
    assert (status, reason in text.decode(), "begin anew" in text.decode()) == (GONE, True, True)
    one.follow()
    assert (one.rows, one.begun_anew) == (center.rows(), 1)


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda each: each.hex()))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        decoded(text)


def test_a_cursor_is_the_same_after_a_restart() -> None:
    cursor = ExchangeCursor(
        center="camau",
        scope="all",
        since=3,
        since_hash="a",
        until=5,
        until_hash="b",
        after=("points", "a/b"),
    )
    assert decoded(encoded(cursor)) == cursor


def page_of(content: Registry) -> bytes:
    return Center(versions=[Registry(), content]).ask("/?limit=1000")[1]


def test_the_verifier_accepts_what_the_center_sent() -> None:
    found = verify.verify(page_of(registered(RED)), KEY.public.hex())
    assert (found.center, found.kind, found.version, found.deleted) == ("camau", "snapshot", 1, 0)


@given(st.data())
@settings(deadline=None, max_examples=examples(30))
def test_the_verifier_finds_any_byte_that_was_changed(data: st.DataObject) -> None:
    sent = bytearray(page_of(registered(RED)))
    place = data.draw(st.integers(0, len(sent) - 1))
    sent[place] ^= data.draw(st.integers(1, 255))
    try:
        verify.verify(bytes(sent), KEY.public.hex())
    except verify.WrongDocument:
        return
    # A digit of the signature in the other case is the same digit; a blank at an end is no change.
    assert bytes(sent).strip().lower() == page_of(registered(RED)).lower()


def test_the_verifier_refuses_another_key_and_a_document_without_a_signature() -> None:
    with pytest.raises(verify.WrongDocument, match="not the one that you know"):
        verify.verify(page_of(registered(RED)), "0" * 64)
    page = json.loads(page_of(registered(RED)))
    with pytest.raises(verify.WrongDocument, match="written anew"):
        verify.verify(json.dumps(page).encode(), KEY.public.hex())
    with pytest.raises(verify.WrongDocument, match="no key"):
        verify.verify(signed({"format": "tocsin-exchange", "format_version": 1}, None))


def test_the_verifiers_own_arithmetic_agrees_with_the_library() -> None:
    message = CONTEXT + b"abc"
    signature = bytes.fromhex(KEY.sign(message))
    assert verify.signature_holds(KEY.public, message, signature)
    assert not verify.signature_holds(KEY.public, message + b"d", signature)
    assert not verify.signature_holds(KEY.public, message, bytes(64))


SCHEMAS = Schemas().with_resources(
    [(name, Resource.from_contents(schema)) for name, schema in schemas().items()]
)


@given(registries())
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_document_is_as_its_schema_says(content: Registry) -> None:
    checker = jsonschema.Draft202012Validator(schemas()["document.json"], registry=SCHEMAS)
    checker.validate(json.loads(page_of(content)))


def test_the_schemas_in_the_documents_are_those_of_the_program() -> None:
    found = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")}
    assert found == {name: written(schema) for name, schema in schemas().items()}, "make format"


def test_every_table_is_handed_over_or_named_as_the_centers_own() -> None:
    page = Path("docs/exchange.md").read_text(encoding="utf-8")
    for table in set(TABLES) - set(EXCHANGED):
        assert f"`{table}`" in page
