"""Corpora: what a connector must make of bytes that were written down from a manual or a capture."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from gateway.domain.connectors.connector import Connector, Conversation


class BadCorpus(Exception):
    """A corpus that cannot be read, or is not understood as it is written; the text says where."""


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step and its *events*: text or bytes (*hears_hex*) are heard, or time passes until *at*."""

    hears: str | None = None
    hears_hex: str | None = None
    at: float | None = None
    events: tuple[str, ...] = ()

    def data(self, encoding: str) -> bytes | None:
        """Return the bytes that are heard; None where only time passes."""
        if self.hears_hex is not None:
            return bytes.fromhex(self.hears_hex)
        return None if self.hears is None else self.hears.encode(encoding)


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """One conversation; *source* is the manual, the standard or the capture that it was written from."""

    name: str
    source: str
    steps: tuple[Step, ...]
    options: dict[str, Any] = msgspec.field(default_factory=dict)
    opens: tuple[str, ...] = ()
    """The events of opening the port."""
    encoding: str = "ascii"


class Corpus(Struct, frozen=True, forbid_unknown_fields=True):
    """All cases of a connector."""

    cases: tuple[Case, ...]


def read_corpus(content: object) -> Corpus:
    """Return the corpus in *content*, the tables of its file; raises BadCorpus."""
    try:
        corpus = msgspec.convert(content, Corpus)
    except msgspec.ValidationError as error:
        raise BadCorpus(str(error)) from error
    if not corpus.cases:
        raise BadCorpus("there is no case in it")
    return corpus


def differences(connector: Connector, corpus: Corpus) -> Iterator[str]:
    """Yield what *connector* makes of *corpus* otherwise than it is written."""
    for case in corpus.cases:
        try:
            options = msgspec.convert(case.options, connector.options)
        except msgspec.ValidationError as error:
            yield f"{case.name}: options: {error}"
            continue
        yield from _differences(connector.converse(options), case)


def _differences(conversation: Conversation, case: Case) -> Iterator[str]:
    yield from _compared(f"{case.name}: at the opening", case.opens, map(str, conversation.begin(0.0)))
    now = 0.0
    for number, step in enumerate(case.steps, 1):
        now = now if step.at is None else step.at
        data = step.data(case.encoding)
        events = conversation.tick(now) if data is None else conversation.receive(data, now)
        yield from _compared(f"{case.name}: step {number}", step.events, map(str, events))


def _compared(where: str, wanted: tuple[str, ...], seen: Iterable[str]) -> Iterator[str]:
    if (got := tuple(seen)) != wanted:
        yield f"{where}: {'; '.join(got) or 'nothing'}, instead of {'; '.join(wanted) or 'nothing'}"
