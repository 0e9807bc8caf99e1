"""The center as verbs of ``pki`` see it: its database, its settings, and the files of its authority."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from contract.ids import GatewayKey
from runtime.clock import utc_now
from tocsin.failures import missing, stop
from tocsin.registry_options import load_alerting

if TYPE_CHECKING:
    from alerting.settings import Settings
    from pki.authority import IssuingKey
    from pki.folder import AuthorityFolder
    from pki.store import Transaction

T = TypeVar("T")

Config = Annotated[
    Path,
    typer.Option("--config", "-c", metavar="FILE", help="Alerting's settings: its database and keys."),
]
By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="The person who does it; the user by default.")
]
PremisesName = Annotated[str, typer.Argument(metavar="PREMISES", help="Their id in the registry.")]
GatewayName = Annotated[str, typer.Argument(metavar="GATEWAY", help="Its id in the registry.")]


@dataclass(frozen=True, slots=True)
class Center:
    """The center of *settings*, and the time at which the verb began."""

    settings: Settings
    folder: AuthorityFolder
    now: datetime

    def write(self, change: Callable[[Transaction], T]) -> T:
        """Return the answer of *change*, made in one transaction; ends the program where that fails."""
        from runtime.database import BadDatabase
        from runtime.process import CannotStart

        try:
            return asyncio.run(self._written(change))
        except (BadDatabase, CannotStart) as error:
            stop(str(error))

    def read(self, ask: Callable[[Transaction], T]) -> T:
        """Return the answer of *ask*, which only reads; ends the program where that fails."""
        from runtime.database import BadDatabase
        from runtime.process import CannotStart

        try:
            return asyncio.run(self._read(ask))
        except (BadDatabase, CannotStart) as error:
            stop(str(error))

    async def _read(self, ask: Callable[[Transaction], T]) -> T:
        from runtime.database import open_existing

        async with open_existing(self.settings.database_url) as database:
            return await database.read(ask)

    async def _written(self, change: Callable[[Transaction], T]) -> T:
        import audit.migrations
        import pki.migrations
        import registry.migrations
        from runtime.database import open_database

        async with open_database(self.settings.database_url) as database:
            owners = audit.migrations, pki.migrations, registry.migrations
            await database.migrate(*(each.REVISIONS for each in owners))
            return await database.write(change)

    def issuing(self) -> IssuingKey:
        """Return the issuing key; ends the program where there is none."""
        from pki.folder import BadAuthority

        try:
            return self.folder.load()
        except BadAuthority as error:
            stop(str(error))

    def write_revoked(self, issuing: IssuingKey) -> Path:
        """Write the list of revoked certificates anew; return its file."""
        from pki.folder import REVOKED
        from pki.store import revoked_serials

        self.folder.write_revoked(issuing.list_revoked(self.write(revoked_serials), now=self.now))
        return self.folder.path / REVOKED

    def write_missing_revoked(self) -> None:
        """Write the list of revoked certificates anew if it is not that of the database."""
        from pki.folder import REVOKED, serials_in
        from pki.store import revoked_serials

        revoked = self.read(revoked_serials)
        if serials_in(self.folder.path / REVOKED) != {serial for serial, _ in revoked}:
            self.folder.write_revoked(self.issuing().list_revoked(revoked, now=self.now))


def open_center(config: Path) -> Center:
    """Return the center of the settings in *config*; ends the program where it cannot be used."""
    if find_spec("sqlalchemy") is None:
        missing("sqlalchemy", "center")
    from pki.folder import AuthorityFolder

    settings = load_alerting(config)
    return Center(settings, AuthorityFolder(settings.authority_folder), utc_now())


def person(by: str) -> str:
    """Return the name of the person who does it: *by*, or the user of this machine."""
    return by or getpass.getuser()


def registered(connection: Transaction, gateway: GatewayKey) -> bool:
    """Return whether the active registry has *gateway*."""
    from registry.store import one_premises

    gateways = one_premises(connection, gateway.premises).gateways
    return any((each.premises, each.id) == gateway for each in gateways)


def gateway_of(premises: str, gateway: str) -> GatewayKey:
    """Return the key of a gateway of these names; ends the program where they cannot be certified."""
    from contract.certificates import LONGEST_NAME, user_name
    from contract.names import is_name

    if not is_name(premises) or not is_name(gateway):
        stop(f"{premises!r} and {gateway!r} are not names; give 1 to 63 of a-z, 0-9 and '-' each")
    if len(user_name(premises, gateway)) > LONGEST_NAME:
        text = f"{premises}/{gateway} is longer than {LONGEST_NAME} characters"
        stop(f"{text}, which is the most of a certificate's name; register it under shorter ids")
    return GatewayKey(premises, gateway)
