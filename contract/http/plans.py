"""Requests for plans of floors and forms of premises (docs/protocol.md, 8)."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.http.common import Language


class PlanQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The *incident* of which is shown what burns, and the language of the words."""

    incident: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9a-z]*\Z")] | None = None
    lang: Language = "vi"


class FormQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language of a form."""

    lang: Language = "vi"
