"""Detectors that a source sent messages of, as entries of a gateway's settings."""

import json
from dataclasses import dataclass, field

from gateway.domain.dialects.outcome import HeardDevice, InterpretedMessage
from gateway.domain.model.names import wire_name_from
from gateway.domain.model.point_kinds import PointKind

_KIND_OF_QUANTITY = {
    "smoke": PointKind.SMOKE,
    "temperature": PointKind.HEAT,
    "co": PointKind.CO,
    "manual": PointKind.MANUAL,
}

_LONGEST_STEM = 55


@dataclass(slots=True)
class DiscoveredDetectors:
    """The detectors of one source, in the order of their first messages."""

    source: str
    kinds: dict[str, set[PointKind]] = field(default_factory=dict)
    devices: dict[str, HeardDevice] = field(default_factory=dict)

    def note_message(self, interpreted: InterpretedMessage) -> None:
        """Note the detector that *interpreted* is from, if it is from one."""
        if interpreted.device is not None and (
            interpreted.device.model or interpreted.address not in self.devices
        ):
            self.devices[interpreted.address] = interpreted.device
        if interpreted.sample is not None:
            kind = _KIND_OF_QUANTITY.get(interpreted.sample.quantity, PointKind.LEVEL)
            self.kinds.setdefault(interpreted.address, set()).add(kind)
        elif interpreted.state is not None and (interpreted.state.alarms or _is_of_a_model(interpreted)):
            self.kinds.setdefault(interpreted.address, set()).add(PointKind.LEVEL)

    def entries(self) -> list[dict[str, str | int]]:
        """Return one ``[[points]]`` entry for each detector, each with its own name."""
        taken: set[str] = set()
        return [self._entry(address, kinds, taken) for address, kinds in self.kinds.items()]

    def toml(self) -> str:
        """Return the entries in the form of gateway.toml."""
        tables = (
            "\n".join(["[[points]]", *(f"{key} = {_written(value)}" for key, value in entry.items())])
            for entry in self.entries()
        )
        return "".join(f"{table}\n\n" for table in tables)

    def _entry(self, address: str, kinds: set[PointKind], taken: set[str]) -> dict[str, str | int]:
        device = self.devices.get(address, HeardDevice())
        stem = name = wire_name_from(device.name or address)
        number = 2
        while name in taken:
            name = f"{stem[:_LONGEST_STEM]}-{number}"
            number += 1
        taken.add(name)
        kind = next(iter(kinds)) if len(kinds) == 1 else PointKind.MULTI
        entry: dict[str, str | int] = {"name": name, "address": address}
        entry |= {"source": self.source, "kind": kind.value}
        if device.silent_after_s is not None:
            entry["silent_after_s"] = device.silent_after_s
        return entry


def _is_of_a_model(interpreted: InterpretedMessage) -> bool:
    return interpreted.device is not None and bool(interpreted.device.model)


def _written(value: str | int) -> str:
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """Return *text* as a basic string of TOML, which is a string of JSON except for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
