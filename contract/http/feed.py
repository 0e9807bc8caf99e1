"""The request for the feed (docs/protocol.md, 9)."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.incidents import IncidentKind
from contract.names import Name


class FeedQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A selection of entries: those *after* an id, of one premises, of incidents of one *kind*.

    Without *after* and without the header ``Last-Event-ID``, those from now on.
    """

    after: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    premises: Name | None = None
    kind: IncidentKind | None = None
