"""Templates of messages in the words of the operator: texts with fields, by event and language."""

from string import Formatter
from typing import ClassVar

from pydantic import Field, field_validator

from contract import webhook
from registry.model.contacts import VIETNAMESE, Language
from registry.model.rows import Row

NotificationKind = webhook.NotificationKind
"""The events that a contact can be notified of, as every interface names them (docs/protocol.md, 7)."""


FIELDS = frozenset({"premises", "address", "points", "count", "incident", "call", "text"})
"""Fields that a text may name: where it is, what reported, how many, the case's id, whom to call,
Tocsin's own words."""

NEEDED = frozenset({"premises", "text"})
"""Fields of which every text needs one, since its reader must know the place."""


class MessageTemplate(Row):
    """The *text* of SMS, e-mails and the like about *event*, for those who read *language*."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"text"})

    event: NotificationKind
    language: Language = VIETNAMESE
    text: str = Field(min_length=1, max_length=500)

    @field_validator("text")
    @classmethod
    def _with_fields_that_there_are(cls, text: str) -> str:
        known = ", ".join(f"{{{each}}}" for each in sorted(FIELDS))
        try:
            parsed = [
                (name or "", spec, how)
                for _, name, spec, how in Formatter().parse(text)
                if name is not None
            ]
        except ValueError as error:
            raise ValueError(f"{error}; fields are written {{premises}}, braces twice") from error
        # A format may fail when the message is made, or fill it with blanks.
        if any(spec or how for _, spec, how in parsed):
            raise ValueError("a field stands alone; write {premises}, without ':' or '!' in the braces")
        fields = {name for name, _, _ in parsed}
        if unknown := sorted(fields - FIELDS):
            raise ValueError(f"unknown field {{{unknown[0]}}}; known: {known}")
        if not fields & NEEDED:
            raise ValueError("the text names no place; add the field {premises}, or {text}")
        return text
