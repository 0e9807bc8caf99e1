"""Rows and entries as they go to screens: encoded once, masked once for those who need it."""

from dataclasses import dataclass

from accounts.domain.visible import Visible
from contract.personal_texts import masked_json


@dataclass(slots=True)
class ShownItem:
    """Something about *premises*, as *data* in JSON."""

    premises: str
    data: bytes
    _masked: bytes | None = None

    def to(self, clear: Visible) -> bytes:
        """Return it as somebody may read it who may call the people of the premises *clear*."""
        if self.premises in clear:
            return self.data
        if self._masked is None:
            self._masked = masked_json(self.data)
        return self._masked


@dataclass(slots=True)
class OpenRow(ShownItem):
    """An open incident; *state* is what the map shows of its premises."""

    state: str = ""


@dataclass(slots=True)
class FeedEntry(ShownItem):
    """An entry of a timeline, of an *incident* where it has one."""

    id: int = 0
    incident: str | None = None
