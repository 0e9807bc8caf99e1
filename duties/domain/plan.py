"""The duties of one premises: all rules, its facts, and what was done, taken together."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from duties.domain.due import DutyItem, NotApplicable, by_duty, duty_item
from duties.domain.events import NOTHING_DONE, DutyStanding
from duties.domain.groups import PremisesFacts, membership
from registry.model.duty_rules import DoneBy, DutyKind, DutyRule


class DutyRules:
    """All rules of the registry, by duty; *digest* changes with any of them."""

    def __init__(self, rules: Iterable[DutyRule]) -> None:
        self.by_duty: Mapping[str, tuple[DutyRule, ...]] = dict(by_duty(rules))
        said = "\n".join(each.model_dump_json() for rules in self.by_duty.values() for each in rules)
        self.digest = hashlib.sha256(said.encode()).hexdigest()

    def __bool__(self) -> bool:
        """Return whether there is any rule."""
        return bool(self.by_duty)

    @cached_property
    def by_id(self) -> Mapping[str, DutyRule]:
        """Each rule by its id."""
        return {each.id: each for rules in self.by_duty.values() for each in rules}

    def kind(self, duty: str) -> DutyKind | None:
        """Return the kind of *duty*; None where no rule names it."""
        rules = self.by_duty.get(duty)
        return rules[0].kind if rules else None

    def of_kind(self, kind: DutyKind) -> tuple[str, ...]:
        """Return the duties of *kind*."""
        return tuple(duty for duty, rules in self.by_duty.items() if rules[0].kind is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFacts:
    """Fields of the registry that are evidence by themselves; None where there is none."""

    declared_on: date | None = None
    connected_on: date | None = None
    insured_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisesPlan:
    """The premises of *facts* under *rules*: its *name* and *area*, and what it *declared*."""

    rules: DutyRules
    facts: PremisesFacts
    name: str = ""
    area: str | None = None
    declared: DeclaredFacts = DeclaredFacts()

    @property
    def premises(self) -> str:
        """The id of the premises."""
        return self.facts.premises

    @property
    def digest(self) -> str:
        """The SHA-256 of all that its duties are made from."""
        # A set has another order in each process.
        facts = replace(self.facts, areas=frozenset()), sorted(self.facts.areas)
        said = repr((self.rules.digest, facts, self.name, self.area, self.declared))
        return hashlib.sha256(said.encode()).hexdigest()

    def item(self, duty: str, standing: DutyStanding) -> DutyItem | NotApplicable:
        """Return *duty*, of which the events come to *standing*."""
        return duty_item(self.rules.by_duty[duty], self.facts, standing)

    def items(self, standings: Mapping[str, DutyStanding]) -> list[DutyItem | NotApplicable]:
        """Return every duty that any rule names, with what was done by *standings*."""
        return [self.item(duty, standings.get(duty, NOTHING_DONE)) for duty in self.rules.by_duty]

    def done_by(self, duty: str) -> DoneBy:
        """Return who does *duty*: the authority where any of its rules for these premises says so."""
        own = (each for each in self.rules.by_duty[duty] if membership(each.group, self.facts).is_in)
        found = {each.done_by for each in own}
        order = DoneBy.POLICE, DoneBy.COMMUNE, DoneBy.CONTRACTOR, DoneBy.PREMISES
        return next((each for each in order if each in found), DoneBy.PREMISES)

    def connection(self) -> DutyItem | NotApplicable | None:
        """Return the duty of connection, as if nothing was done; None where no rule is about it."""
        found = [self.item(duty, NOTHING_DONE) for duty in self.rules.of_kind(DutyKind.CONNECTION)]
        owed = [each for each in found if isinstance(each, DutyItem)]
        missing = [each for each in found if isinstance(each, NotApplicable) and each.missing]
        return next(iter((*owed, *missing, *found)), None)

    def has(self, duty: str) -> bool:
        """Return whether *duty* is one of the premises."""
        return duty in self.rules.by_duty and isinstance(self.item(duty, NOTHING_DONE), DutyItem)
