"""Names the faults of a row that cannot be read as an import of files does, by field."""

from pydantic import ValidationError

from registry.drafts.domain.draft import DraftError
from registry.model.contacts import FORMS
from runtime.setting_errors import sentence


def explained(error: ValidationError, table: str, key: str) -> list[DraftError]:
    """Return each fault of the row *key* of *table*."""
    found = []
    for each in error.errors():
        fault, mark, remedy = sentence(each, FORMS).partition("; ")
        field = ".".join(str(part) for part in each["loc"])
        found.append(DraftError(fault, remedy if mark else "", table, key, field))
    return found
