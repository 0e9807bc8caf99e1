"""The files that rows of the registry refer to, by the hash of their content."""

import re
from collections.abc import Iterator

from registry.model.records import PremisesRecord

_REFERENCE = re.compile(r'"[0-9a-f]{64}"')


def files_of(record: PremisesRecord) -> frozenset[str]:
    """Return the hashes of all plans and documents of *record*."""
    plans = (each.plan for each in record.floors)
    documents = (each.file for each in record.documents)
    return frozenset(each for each in (*plans, *documents) if each is not None)


def hashes_in(document: str) -> Iterator[str]:
    """Yield all that may be the hash of a file in *document*, rows as JSON of whatever version."""
    yield from (each.group().strip('"') for each in _REFERENCE.finditer(document))
