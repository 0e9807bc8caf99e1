"""The rules by which a fire is confirmed, and the figures of each in seconds."""

from enum import StrEnum


class RuleKind(StrEnum):
    """The rules by which a fire in a zone is confirmed."""

    IMMEDIATE = "immediate"
    TYPE_A = "type_a"
    TYPE_B = "type_b"
    TYPE_C = "type_c"
    TWO_QUANTITIES = "two_quantities"
    VERIFICATION = "verification"
    STAFFED = "staffed"


FIGURES: dict[RuleKind, dict[str, float]] = {
    RuleKind.IMMEDIATE: {},
    # EN 54-2, type A: confirmed within 60 s, cancelled after 30 min.
    RuleKind.TYPE_A: {"window_s": 60.0, "hold_s": 1_800.0},
    # EN 54-2, type B: not cancelled before 5 min; windows in the field are 2 to 8 min.
    RuleKind.TYPE_B: {"window_s": 300.0, "hold_s": 300.0},
    RuleKind.TYPE_C: {"window_s": 300.0, "hold_s": 300.0},
    RuleKind.TWO_QUANTITIES: {"window_s": 300.0, "hold_s": 300.0},
    # NFPA 72: retard, reset and restart at most 60 s, then a window of at least 60 s. It is five minutes
    # here, as by type B: a fire that only now and then reaches its detector must find its suspicion.
    RuleKind.VERIFICATION: {"retard_s": 60.0, "confirm_s": 300.0},
    # NFPA 72, positive alarm sequence: acknowledged within 15 s, investigated within 180 s.
    RuleKind.STAFFED: {"acknowledge_s": 15.0, "investigate_s": 180.0, "window_s": 300.0},
}
"""The figures of each rule in seconds, as they are where a zone names none."""


DEFAULT_RULES = (RuleKind.TYPE_B, RuleKind.VERIFICATION)
"""The rules of a zone that names none: the first for points with a partner in their room."""
