"""The contacts of the registry by which accounts are reached: the same person in two lists."""

from accounts.domain.actor import ActorKind
from accounts.domain.rights import Rights
from accounts.store.people import account_of
from runtime.database import Database


class AccountContacts:
    """Looks the contacts of accounts up in *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, rights: Rights) -> str:
        """Return the contact of whoever has *rights*; "" where none is known."""
        actor = rights.actor
        if actor.kind is not ActorKind.PERSON:
            return ""
        found = await self._database.read(lambda connection: account_of(connection, actor.account))
        return "" if found is None else found.contact or ""
