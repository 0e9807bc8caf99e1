"""The premises of the registry in use, with the rules of duties and the facts that these ask for."""

from datetime import date

from alerting.engine.registry_snapshot import ActiveRegistry
from duties.domain.groups import facts_of
from duties.domain.plan import DeclaredFacts, DutyRules, PremisesPlan
from registry.domain.index import Index, Unregistered
from registry.model.facilities import Facility
from registry.model.places import Premises

NOTHING_DECLARED = Facility()


class DutyPlans:
    """Makes plans of the premises of *registry*; the rules are read once for each version."""

    def __init__(self, registry: ActiveRegistry) -> None:
        self._registry = registry
        self._index: Index | None = None
        self._rules = DutyRules(())

    @property
    def version(self) -> int:
        """The version of the registry in use."""
        return self._registry.current.version

    @property
    def index(self) -> Index:
        """The registry in use."""
        return self._registry.current.index

    @property
    def rules(self) -> DutyRules:
        """The rules of the version in use."""
        if self._index is not self.index:
            self._index, self._rules = self.index, DutyRules(self.index.shared.duty_rules)
        return self._rules

    def plan(self, premises: str, day: date) -> PremisesPlan | None:
        """Return the plan of *premises* by their areas on *day*; None where they are not registered."""
        row = self.index.premises(premises)
        if isinstance(row, Unregistered):
            return None
        return _plan(row, self.index, self.rules, day)


def _plan(row: Premises, index: Index, rules: DutyRules, day: date) -> PremisesPlan:
    facility = row.facility or NOTHING_DECLARED
    insurance = facility.insurance
    areas = tuple(index.areas_above(row.id, day))
    return PremisesPlan(
        rules=rules,
        facts=facts_of(row.id, facility, frozenset(areas)),
        name=row.name,
        area=next(iter(areas), None),
        declared=DeclaredFacts(
            declared_on=facility.declared_on,
            connected_on=facility.connected_on,
            insured_until=None if insurance is None else insurance.expires_on,
        ),
    )
