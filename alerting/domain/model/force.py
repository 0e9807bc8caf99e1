"""The forces that were sent to a fire: units and means, and which of them are there."""

from collections.abc import Collection, Iterable

import msgspec
from msgspec import Struct

from contract.http.acts import ForceKind
from contract.times import Micros


class SentForce(Struct, frozen=True):
    """A unit, means or force in words *id*, known as *name*: *on_scene_at* once it is there."""

    kind: ForceKind
    id: str
    name: str
    sent_at: Micros = 0
    on_scene_at: Micros | None = None

    @property
    def key(self) -> tuple[ForceKind, str]:
        """The key of the force among all."""
        return self.kind, self.id


Forces = tuple[SentForce, ...]
"""Forces, in the order in which they were sent."""


def sent(forces: Forces, new: Iterable[SentForce], now: Micros) -> Forces:
    """Return *forces* with those of *new* that were not sent before, as sent *now*."""
    known = {each.key for each in forces}
    added = {each.key: each for each in new if each.key not in known}
    return (*forces, *(msgspec.structs.replace(each, sent_at=now) for each in added.values()))


def arrived(forces: Forces, there: Collection[SentForce], now: Micros) -> Forces:
    """Return *forces* with *there* on scene: all where none is named, also those that nobody sent."""
    keys = {each.key for each in there}
    return tuple(
        msgspec.structs.replace(each, on_scene_at=now)
        if each.on_scene_at is None and (not keys or each.key in keys)
        else each
        for each in sent(forces, there, now)
    )


WITHOUT_UNIT = "without_unit"
"""The mark of an entry of a dispatch that names nobody."""


def dispatched(forces: Iterable[SentForce]) -> dict[str, object]:
    """Return *forces* as the entry of a dispatch has them: that nobody is named stands there, too."""
    return {**named(forces)} or {WITHOUT_UNIT: True}


def named(forces: Iterable[SentForce]) -> dict[str, list[str]]:
    """Return *forces* as an entry of the timeline has them; nothing without any."""
    listed = list(forces)
    ids = {
        "units": [each.id for each in listed if each.kind is ForceKind.UNIT],
        "means": [each.id for each in listed if each.kind is ForceKind.MEANS],
    }
    found = {name: each for name, each in ids.items() if each}
    return {**found, "forces": [each.name for each in listed]} if listed else {}
