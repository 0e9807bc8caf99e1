"""The accounts of the center, over the engine's database, areas and fires."""

from accounts.domain.sessions import SessionLimits
from accounts.openid.sign_in import OpenIdSignIn
from accounts.service import Accounts, accounts_over
from alerting.engine.engine import Engine
from alerting.http.areas import RegisteredAreas
from alerting.http.open_fires import OpenFiresOfCenter
from alerting.settings import AccountsSettings
from contract.times import SECOND
from runtime.clock import Clock
from runtime.host_names import HostNames


def accounts_of(engine: Engine, settings: AccountsSettings, clock: Clock) -> Accounts:
    """Return the accounts in the database of *engine*."""
    return accounts_over(
        engine.database,
        limits=_limits(settings),
        clock=clock,
        tree=RegisteredAreas(engine.registry).tree,
        fires=OpenFiresOfCenter(engine.transactions).read,
    )


def openid_of(settings: AccountsSettings, names: HostNames) -> OpenIdSignIn | None:
    """Return the sign-in with a provider, where one is set up."""
    return None if settings.openid is None else OpenIdSignIn(settings.openid, names)


def _limits(settings: AccountsSettings) -> SessionLimits:
    return SessionLimits(
        idle=round(settings.idle_s * SECOND),
        absolute=round(settings.absolute_s * SECOND),
        stretch=round(settings.stretch_s * SECOND),
    )
