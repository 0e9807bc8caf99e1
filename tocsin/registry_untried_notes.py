"""The notes of an import on contacts that nothing was ever delivered to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from alerting.domain.notification.recipients import Destination
    from alerting.domain.notification.tried import NamedAddress
    from alerting.settings import Settings
    from registry.model.registry import Registry

MOST_NAMED = 10
"""Contacts that are named each; the rest is counted, and /healthz names them all."""


def untried_notes(content: Registry, url: str, config: Path | None) -> list[str]:
    """Return a note on contacts of *content* whose addresses are all untried, by the database at *url*.

    Only the settings say which channels count: without *config* there are no notes.
    """
    import asyncio

    from alerting.store.tried import read_tried
    from runtime.database import exists
    from tocsin.registry_options import load_alerting

    if config is None:
        return []
    named = list(_addresses(content, load_alerting(config)))
    tried = asyncio.run(read_tried(url, [each.destination for each in named])) if exists(url) else {}
    return _sentences(named, tried)


def _sentences(named: Sequence[NamedAddress], tried: dict[Destination, str]) -> list[str]:
    from alerting.domain.notification.tried import contacts_untried

    left = [each.destination for each in named if not each.is_tried(tried)]
    contacts = contacts_untried(named, left)
    notes = [
        f"contact {each!r}: nothing was ever delivered to its addresses; "
        f"try it once alerting runs: tocsin contact try {each}"
        for each in contacts[:MOST_NAMED]
    ]
    more = len(contacts) - len(notes)
    return notes + (
        [f"{more} more contacts are untried; see untried_contacts in /healthz"] if more else []
    )


def _addresses(content: Registry, settings: Settings) -> list[NamedAddress]:
    from alerting.domain.notification.tried import addresses_of

    contacts = (*content.contacts, settings.command_center.as_contact())
    return [named for contact in contacts for named in addresses_of(contact, settings.channels.usable)]
