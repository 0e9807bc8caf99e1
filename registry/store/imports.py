"""The result of an import or a change, for a person and for a program."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from registry.domain.changes import RegistryChanges


class Importing(StrEnum):
    """The result of an import."""

    IMPORTED = "imported"
    SAME_CONTENT = "same_content"
    DRY_RUN = "dry_run"


@dataclass(frozen=True, slots=True)
class Import:
    """The result of an import, the version that is active now, and the changes made or previewed."""

    result: Importing
    version: int
    changes: RegistryChanges

    def as_json(self) -> dict[str, Any]:
        """Return the result for ``--json``."""
        return {"result": self.result.value, "version": self.version, "changes": asdict(self.changes)}

    def as_lines(self, to_import: str = "run it without --dry-run") -> list[str]:
        """Return the result for a person, line by line; *to_import* is how to import a preview."""
        texts = {
            Importing.IMPORTED: f"imported as version {self.version}",
            Importing.SAME_CONTENT: f"nothing to import: version {self.version} says the same",
            Importing.DRY_RUN: f"nothing was imported; {to_import} to import this:",
        }
        return [texts[self.result], *describe(self.changes)]


def describe(changes: RegistryChanges) -> list[str]:
    """Return *changes* for a person, line by line."""
    return [
        *(f"+ {each.table} {each.key}" for each in changes.added),
        *(f"- {each.table} {each.key}" for each in changes.removed),
        *(f"~ {each.table} {each.key}: {', '.join(each.fields)}" for each in changes.changed),
        *(
            f"! point {each} loses its coverage: its fires will be those of an unregistered point"
            for each in changes.uncovered
        ),
    ]
