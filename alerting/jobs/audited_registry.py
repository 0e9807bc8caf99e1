"""The registry as the auditor reads it: by itself, each version once, and only the premises it audits.

It shares nothing with the reading of the registry in use (docs/adr/0012).
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from alerting.domain.watch.audit import Document, document_of, offsets
from alerting.store.audit_queries import AuditQueries
from contract.times import SECOND, Micros

VERSIONS_KEPT = 4
"""Registries kept from one audit to the next."""

PREMISES_KEPT = 2_000
"""Premises of one version that are kept from one audit to the next."""


IN_USE_WITHIN = 30 * SECOND
"""Microseconds after the time of a version within which the one before may still decide: an import
begins before it is stored, and a version is read before it is used.
"""


AuditedRecord = Mapping[str, Any] | None
"""Premises with their rows as they were imported; None where they are not registered."""


class AuditedVersion:
    """A registry: the *tables* that all premises share, and the rows of the premises asked for.

    *record_of* reads these; None where the tables have them all.
    """

    def __init__(
        self, tables: Document, record_of: Callable[[AuditQueries, str], AuditedRecord] | None
    ) -> None:
        self.offsets = frozenset(offsets(tables))
        self._tables = tables
        self._record_of = record_of
        self._premises: dict[str, AuditedRecord] = {}

    def document(self, ledger: AuditQueries, premises: str) -> Document:
        """Return the document about *premises*, which *ledger* may be asked for."""
        if self._record_of is None:
            return self._tables
        if premises not in self._premises:
            if len(self._premises) >= PREMISES_KEPT:
                self._premises.clear()
            self._premises[premises] = self._record_of(ledger, premises)
        record = self._premises[premises] or {}
        row = record.get("premises")
        memberships = {each["id"]: each for each in record.get("memberships", ())}
        own = {"premises": {} if row is None else {premises: row}, "memberships": memberships}
        return {**self._tables, **own}


class AuditedRegistries:
    """The registry as it stood at several moments; each version is read once."""

    def __init__(self) -> None:
        self._known: dict[int, AuditedVersion] = {}

    def version_at(self, ledger: AuditQueries, moment: Micros) -> AuditedVersion:
        """Return the version that was active at *moment*."""
        return self._version(ledger, ledger.registry_version(moment))

    def version_before(self, ledger: AuditQueries, moment: Micros) -> AuditedVersion:
        """Return the version that may still have been in use at *moment*."""
        number = ledger.registry_version(moment - IN_USE_WITHIN) or ledger.registry_version(moment)
        return self._version(ledger, number)

    def _version(self, ledger: AuditQueries, number: int) -> AuditedVersion:
        if number not in self._known:
            if len(self._known) >= VERSIONS_KEPT:
                del self._known[next(iter(self._known))]
            self._known[number] = _read(ledger, number)
        return self._known[number]


def _read(ledger: AuditQueries, number: int) -> AuditedVersion:
    if ledger.has_records(number):
        rows = {table: map(json.loads, each) for table, each in ledger.registry_rows(number).items()}
        return AuditedVersion(document_of(rows), partial(_in_record, number))
    if firsts := ledger.registry_parts(number):
        tables = document_of(json.loads(ledger.registry_part(number, 0)[0]))
        return AuditedVersion(tables, partial(_in_part, number, firsts))
    return AuditedVersion(document_of(json.loads(ledger.registry_document(number))), None)


def _in_record(number: int, ledger: AuditQueries, premises: str) -> AuditedRecord:
    found = ledger.registry_premises(number, premises)
    record: AuditedRecord = None if found is None else json.loads(found)
    return record


def _in_part(number: int, firsts: list[str], ledger: AuditQueries, premises: str) -> AuditedRecord:
    part = bisect_right(firsts, premises) - 1
    if part < 1:
        return None
    records = map(json.loads, ledger.registry_part(number, part))
    return next((each for each in records if _id_of(each) == premises), None)


def _id_of(record: Mapping[str, Any]) -> str | None:
    row = record.get("premises")
    return None if row is None else str(row["id"])
