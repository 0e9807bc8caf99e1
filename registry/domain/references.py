"""The names in a record that may refer to records of other premises, or to what all premises share.

Every text that could be a name counts, but for the values of fields that never refer to another record:
so a field that is added refers by itself.
"""

import re
from collections.abc import Mapping

from registry.domain.encoded_records import PREMISES, EncodedRecord, RecordKey, record_json

_TEXT = re.compile(rb'(?:"([a-z0-9_]+)":)?"([a-z0-9][a-z0-9-]{0,62})"(?!:)')
"""A text of canonical JSON that could be a name, with its key, if it stands at one."""

OWN_FIELDS = frozenset({"id", "premises", "zone", "gateway", "building", "floor", "kind", "state"})
"""The keys in a record of premises whose values name its own rows, or are one of a few words."""


def names_referred(key: RecordKey, content: bytes) -> frozenset[str]:
    """Return the names that the record *key* in *content* may refer to; raises ValueError."""
    own = OWN_FIELDS if key.table == PREMISES else frozenset({"id"})
    found = _TEXT.findall(record_json(content))
    return frozenset(name.decode() for field, name in found if field.decode() not in own)


def references_of(records: Mapping[RecordKey, EncodedRecord]) -> dict[RecordKey, frozenset[str]]:
    """Return the names that each of *records* may refer to."""
    return {key: names_referred(key, each.content) for key, each in records.items()}
