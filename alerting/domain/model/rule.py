"""The confirmation rules as values: which one a zone has, with its figures in microseconds.

Modelled on EN 54-2 (dependency types A, B, C) and NFPA 72 (alarm verification, positive alarm sequence).
The figures and their sources are in ``registry.model.rules``; what each rule does is
in ``alerting.domain.confirmation``.
"""

from typing import assert_never

from msgspec import Struct

from contract.times import SECOND, Micros

WINDOW = 300 * SECOND
"""The window of an unregistered point, and of a state stored before rules were, in microseconds."""


class Immediate(Struct, frozen=True, tag="immediate"):
    """One point is enough."""


class TypeA(Struct, frozen=True, tag="type_a"):
    """The same point again, after a restoration, or another of the zone, within *window*.

    A suspicion whose points are all restored is kept until *hold* after the last of them raised fire.
    """

    window: Micros = 60 * SECOND
    hold: Micros = 1_800 * SECOND
    zones: tuple[str, ...] = ()


class TypeB(Struct, frozen=True, tag="type_b"):
    """Another point of the zone, or of *zones*, within *window*."""

    window: Micros = WINDOW
    hold: Micros = WINDOW
    zones: tuple[str, ...] = ()


class TypeC(Struct, frozen=True, tag="type_c"):
    """As type B, but the suspicion itself notifies the first stage at once."""

    window: Micros = WINDOW
    hold: Micros = WINDOW
    zones: tuple[str, ...] = ()


class TwoQuantities(Struct, frozen=True, tag="two_quantities"):
    """Another quantity at the same place within *window*: heat beside smoke."""

    window: Micros = WINDOW
    hold: Micros = WINDOW
    zones: tuple[str, ...] = ()


class Verification(Struct, frozen=True, tag="verification"):
    """A detector that still stands after *retard*, or raises again within *confirm* after it.

    A detector that came again within *retard* and stood for half of it is confirmed too. Another point
    of the zone confirms at once within the two.
    """

    retard: Micros = 60 * SECOND
    confirm: Micros = 300 * SECOND
    zones: tuple[str, ...] = ()

    @property
    def window(self) -> Micros:
        """The greatest distance of two points in time, in microseconds."""
        return self.retard + self.confirm


class Staffed(Struct, frozen=True, tag="staffed"):
    """Somebody at the premises must take it within *acknowledge*, and then has *investigate* to end it.

    Another point within *window* ends that at once.
    """

    acknowledge: Micros = 15 * SECOND
    investigate: Micros = 180 * SECOND
    window: Micros = WINDOW
    zones: tuple[str, ...] = ()


Rule = Immediate | TypeA | TypeB | TypeC | TwoQuantities | Verification | Staffed
"""Any of the rules."""


def is_notified_at_once(rule: Rule) -> bool:
    """Return whether the suspicion itself is notified under *rule*, before it is confirmed."""
    match rule:
        case TypeC() | Staffed():
            return True
        case Immediate() | TypeA() | TypeB() | TwoQuantities() | Verification():
            return False
        case _:
            assert_never(rule)


def needs_a_partner(rule: Rule) -> bool:
    """Return whether only another point can meet *rule*, so that it fails where none is in service."""
    match rule:
        case TypeB() | TypeC() | TwoQuantities():
            return True
        case Immediate() | TypeA() | Verification() | Staffed():
            return False
        case _:
            assert_never(rule)
