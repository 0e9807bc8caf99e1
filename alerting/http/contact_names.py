"""The names of contacts and rosters as people read them, in no language of their own."""

from registry.domain.index import Index
from registry.model.contacts import Contact
from registry.model.rosters import Roster


def contact_name(index: Index, contact: str) -> str:
    """Return the name of *contact*, a person or a roster; the id where it is not registered."""
    found = index.contact(contact)
    if isinstance(found, Contact):
        return found.name
    roster = index.roster(contact)
    return (roster.name or contact) if isinstance(roster, Roster) else contact


def contact_phone(index: Index, contact: str) -> str:
    """Return the number of *contact*; "" where there is none."""
    found = index.contact(contact)
    return (found.phone or "") if isinstance(found, Contact) else ""
