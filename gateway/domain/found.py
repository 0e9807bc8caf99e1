"""The detectors that were heard, as entries of a gateway's settings."""

import json
from dataclasses import dataclass, field

from gateway.domain.dialects.outcome import Outcome
from gateway.domain.point import PointKind
from gateway.domain.site import name_from

_KIND_OF_QUANTITY = {
    "smoke": PointKind.SMOKE,
    "temperature": PointKind.HEAT,
    "co": PointKind.CO,
    "manual": PointKind.MANUAL,
}

_LONGEST_STEM = 55


@dataclass(slots=True)
class Found:
    """Record of what was heard of the detectors of one source, in the order in which they were heard."""

    source: str
    kinds: dict[str, set[PointKind]] = field(default_factory=dict)

    def note(self, outcome: Outcome) -> None:
        """Note a detector, if *outcome* is from one."""
        if outcome.sample is not None:
            kind = _KIND_OF_QUANTITY.get(outcome.sample.quantity, PointKind.LEVEL)
            self.kinds.setdefault(outcome.address, set()).add(kind)
        elif outcome.state is not None and outcome.state.alarms:
            self.kinds.setdefault(outcome.address, set()).add(PointKind.LEVEL)

    def entries(self) -> list[dict[str, str]]:
        """Return one entry of ``[[points]]`` for each, with a name of its own."""
        taken: set[str] = set()
        return [self._entry(address, kinds, taken) for address, kinds in self.kinds.items()]

    def toml(self) -> str:
        """Return the entries as they stand in gateway.toml."""
        tables = (
            "\n".join(["[[points]]", *(f"{key} = {_quoted(value)}" for key, value in entry.items())])
            for entry in self.entries()
        )
        return "".join(f"{table}\n\n" for table in tables)

    def _entry(self, address: str, kinds: set[PointKind], taken: set[str]) -> dict[str, str]:
        stem = name = name_from(address)
        number = 2
        while name in taken:
            name = f"{stem[:_LONGEST_STEM]}-{number}"
            number += 1
        taken.add(name)
        kind = next(iter(kinds)) if len(kinds) == 1 else PointKind.MULTI
        return {"name": name, "address": address, "source": self.source, "kind": kind.value}


def _quoted(text: str) -> str:
    """Return *text* as a basic string of TOML, which is one of JSON but for the character DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
