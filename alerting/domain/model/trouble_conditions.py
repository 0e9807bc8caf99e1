"""The conditions of a trouble, with what decisions ask of all of them kept up to date with each."""

from collections.abc import Iterable, Iterator, Mapping

from alerting.domain.model.condition import Condition
from alerting.domain.model.growing_map import GrowingMap
from contract.messages import Scope


class TroubleConditions(Mapping[str, Condition]):
    """Conditions by their keys, in the order in which they came, as a value: a change makes a new one.

    *standing* counts those that still hold, *common* those that are told in an incident of the network.
    """

    def __init__(
        self,
        by_key: GrowingMap[str, Condition],
        *,
        of_gateways: GrowingMap[str, None],
        standing: int,
        common: int,
    ) -> None:
        self.by_key = by_key
        self._of_gateways = of_gateways
        self.standing = standing
        self.common = common

    @classmethod
    def of(cls, conditions: Iterable[Condition] = ()) -> "TroubleConditions":
        """Return *conditions* by their keys; the last of equal keys counts."""
        by_key = GrowingMap.of((each.key, each) for each in conditions)
        standing = sum(each.standing for each in by_key.in_order())
        common = sum(each.common for each in by_key.in_order())
        of_gateways = GrowingMap.of(
            (each.key, None) for each in by_key.in_order() if _is_of_gateway(each)
        )
        return cls(by_key, of_gateways=of_gateways, standing=standing, common=common)

    def having(self, condition: Condition) -> "TroubleConditions":
        """Return the conditions with *condition*; a known one keeps its place."""
        known = self.by_key.get(condition.key)
        was = (0, 0) if known is None else (known.standing, known.common)
        return TroubleConditions(
            self.by_key.having(condition.key, condition),
            of_gateways=self._of_gateways_with(condition, is_new=known is None),
            standing=self.standing + condition.standing - was[0],
            common=self.common + condition.common - was[1],
        )

    def _of_gateways_with(self, condition: Condition, *, is_new: bool) -> GrowingMap[str, None]:
        if is_new and _is_of_gateway(condition):
            return self._of_gateways.having(condition.key, None)
        return self._of_gateways

    def in_order(self) -> Iterator[Condition]:
        """Yield the conditions in the order in which they came."""
        return self.by_key.in_order()

    def latest_first(self) -> Iterator[Condition]:
        """Yield the conditions, the latest first."""
        return (self.by_key[key] for key in reversed(self.by_key))

    def still_standing(self) -> Iterator[Condition]:
        """Yield the conditions that still hold, in their order."""
        return (each for each in self.by_key.in_order() if each.standing)

    def standing_of_gateways(self) -> Iterator[Condition]:
        """Yield the conditions of whole gateways that still hold, without a look at those of points."""
        return (each for key in self._of_gateways if (each := self.by_key[key]).standing)

    def __getitem__(self, key: str) -> Condition:
        return self.by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_key)

    def __len__(self) -> int:
        return len(self.by_key)


def _is_of_gateway(condition: Condition) -> bool:
    return condition.scope == Scope.GATEWAY
