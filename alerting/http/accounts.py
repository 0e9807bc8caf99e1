"""The accounts of the center, over the engine's database, areas and fires."""

from accounts.domain.sessions import SessionLimits
from accounts.service import Accounts, accounts_over
from alerting.engine.engine import Engine
from alerting.http.areas import RegisteredAreas
from alerting.http.open_fires import OpenFiresOfCenter
from alerting.settings import AccountsSettings
from contract.times import SECOND
from runtime.clock import Clock


def accounts_of(engine: Engine, settings: AccountsSettings, clock: Clock) -> Accounts:
    """Return the accounts in the database of *engine*."""
    return accounts_over(
        engine.database,
        limits=_limits(settings),
        clock=clock,
        tree=RegisteredAreas(engine.registry).tree,
        fires=OpenFiresOfCenter(engine.transactions).read,
    )


def _limits(settings: AccountsSettings) -> SessionLimits:
    return SessionLimits(
        idle=round(settings.idle_s * SECOND),
        absolute=round(settings.absolute_s * SECOND),
        stretch=round(settings.stretch_s * SECOND),
    )
