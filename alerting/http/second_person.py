"""Asks for a second person, by the settings and by whether the center has accounts."""

from accounts.domain.actor import Actor, ActorKind
from accounts.store.people import has_accounts
from alerting.domain.decisions.overrides import OrderTerms, OverrideOrder
from alerting.domain.decisions.second_person import why_two_persons
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.override import OF_POINTS
from alerting.settings import ActsSettings, TwoPersonsWhen
from contract.times import SECOND, Micros
from registry.domain.index import Index
from runtime.database import Database


class SecondPerson:
    """The rule of *settings* on who may act alone; *database* has the accounts.

    Without any account there is nobody who could approve: an order is in force at once, and told.
    """

    def __init__(self, settings: ActsSettings, database: Database) -> None:
        self._settings = settings
        self._database = database

    async def terms(
        self, actor: Actor, kind: IncidentKind, order: OverrideOrder, *, premises: str, index: Index
    ) -> OrderTerms:
        """Return the terms on which *actor* orders something at *premises*."""
        two = why_two_persons(kind, order, index.points_of(premises)) is not None
        needed = two and (order.extends or await self._is_asked(self._settings.second_person, actor))
        takes_fires = kind in OF_POINTS
        remind_s = self._settings.remind_s if takes_fires else self._settings.remind_faults_s
        return OrderTerms(self._within() if needed else None, round(remind_s * SECOND))

    async def to_close(self, actor: Actor) -> Micros | None:
        """Return the time for a second person to approve that *actor* closes a fire; None for none."""
        needed = await self._is_asked(self._settings.second_person_to_close, actor)
        return self._within() if needed else None

    async def _is_asked(self, when: TwoPersonsWhen, actor: Actor) -> bool:
        if when is not TwoPersonsWhen.ACCOUNTS:
            return when is TwoPersonsWhen.ALWAYS
        return actor.kind is not ActorKind.LOCAL or await self._database.read(has_accounts)

    def _within(self) -> Micros:
        return round(self._settings.approve_within_s * SECOND)
