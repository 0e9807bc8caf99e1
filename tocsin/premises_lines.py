"""Premises as the command line shows them, line by line."""

from collections.abc import Iterable, Iterator

from contract.http.premises import Commander, ListedPremises, PremisesInFull, PremisesList, SpotScore
from registry.domain.place_words import POSTS, SPOT_GAPS, SPOT_PARTS
from words.catalogue import Words

INDENT = "    "


def list_lines(found: PremisesList, words: Words) -> list[str]:
    """Return a page of premises, two lines each, and how to see the rest."""
    if not found.premises:
        return [words.text("place.none")]
    lines = [line for each in found.premises for line in _listed(each, words)]
    if found.next is not None:
        shown, after = len(found.premises), found.next
        lines.append(words.text("place.more", shown=shown, total=found.total, after=after))
    return lines


def _listed(each: ListedPremises, words: Words) -> Iterator[str]:
    yield f"{each.id}  {each.name}{f', {each.address}' if each.address else ''}"
    scores = (
        words.text("place.score", part=words.name(SPOT_PARTS, part), percent=percent)
        for part, percent in each.on_the_spot.items()
    )
    yield f"{INDENT}{', '.join(scores)}"


def premises_lines(found: PremisesInFull, words: Words) -> list[str]:
    """Return what is known of premises, and what is missing."""
    row = found.premises
    areas = ", ".join(each.name for each in found.areas)
    return [
        f"{row.get('id', '')}  {row.get('name', '')}",
        *(f"{INDENT}{each}" for each in (row.get("address"), areas) if each),
        *command_lines(found.command, words),
        *_rows(words.text("place.water"), found.water, ("name", "place")),
        *_rows(words.text("place.responsible"), found.units, ("name", "address")),
        *_rows(words.text("place.systems"), found.tables.get("systems", []), ("name", "state")),
        *_rows(words.text("place.documents"), found.tables.get("documents", []), ("name",)),
        *score_lines(found.four_on_the_spot, words),
    ]


def command_lines(command: Iterable[Commander], words: Words) -> list[str]:
    """Return who commands, in order."""
    lines = [
        f"{INDENT}{number}. {words.name(POSTS, each.post)}: {_with(each.name, each.phone)}"
        for number, each in enumerate(command, start=1)
    ]
    return [words.text("place.command"), *(lines or [INDENT + words.text("place.nobody")])]


def score_lines(scores: Iterable[SpotScore], words: Words) -> Iterator[str]:
    """Yield the score of each of the four on the spot, with what is missing."""
    yield words.text("place.four")
    for each in scores:
        part, missing = (
            words.name(SPOT_PARTS, each.part),
            [words.name(SPOT_GAPS, gap) for gap in each.missing],
        )
        score = words.text("place.score", part=part, percent=each.percent)
        lacks = words.text("place.missing", names=", ".join(missing)) if missing else ""
        yield f"{INDENT}{score}{f'; {lacks}' if lacks else ''}"


def _rows(title: str, rows: Iterable[dict[str, object]], fields: tuple[str, ...]) -> list[str]:
    lines = [INDENT + _with(*(str(row[each]) for each in fields if row.get(each))) for row in rows]
    return [title, *lines] if lines else []


def _with(name: str, *more: str) -> str:
    return ", ".join(each for each in (name, *more) if each)
