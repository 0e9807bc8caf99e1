"""Names by which people know a person, a point or a channel, where a decision knows an id."""

from dataclasses import dataclass

from alerting.domain.wording.families import (
    CHANNELS,
    DETECTORS,
    HOPS,
    RECIPIENTS,
    SENDING_STEPS,
)
from registry.domain.index import Index, Unregistered
from words.catalogue import Words


@dataclass(frozen=True, slots=True)
class Names:
    """Names by the registry as it is now; an id that it does not know is shown as it is."""

    words: Words
    index: Index | None = None
    premises: str = ""

    def person(self, contact: str) -> str:
        """Return the name of the contact or roster *contact*."""
        if contact in RECIPIENTS.members:
            return self.words.name(RECIPIENTS, contact)
        found = None if self.index is None else self.index.contact(contact)
        if isinstance(found, Unregistered) and self.index is not None:
            roster = self.index.roster(contact)
            return contact if isinstance(roster, Unregistered) else roster.name or contact
        return contact if found is None else found.name

    def place(self, point: str) -> str:
        """Return the place of the point called *point*; "" where the registry has none."""
        found = None if self.index is None else self.index.point(self.premises, point)
        return "" if found is None or isinstance(found, Unregistered) else found.place or ""

    def zone(self, name: str) -> str:
        """Return the name of the zone called *name*."""
        found = None if self.index is None else self.index.zone(self.premises, name)
        return name if found is None or isinstance(found, Unregistered) else found.name

    def point(self, name: str) -> str:
        """Return the place of the point called *name*, and its name."""
        place = self.place(name)
        return self.words.text("point.at", place=place, name=name) if place else name

    def is_call_point(self, name: str) -> bool:
        """Return whether the point called *name* is registered as a manual call point."""
        found = None if self.index is None else self.index.point(self.premises, name)
        return found is not None and not isinstance(found, Unregistered) and found.kind == "manual"

    def of(self, what: str, member: str) -> str:
        """Return the name of *member*, which is a person, a channel, a step or a kind of point."""
        match what:
            case "person":
                return self.person(member)
            case "channel":
                return self.words.name(CHANNELS, member)
            case "step":
                return self.words.name(SENDING_STEPS, member)
            case "hop":
                return self.words.name(HOPS, member)
            case "registered_kind" | "configured_kind":
                return self.words.name(DETECTORS, member)
        return member
