"""Travel time of hot gas and smoke from a fire to a detector on the ceiling."""

_PLUME = 0.67
_JET = 1.2

FRONT_M_S = 0.25
"""Speed in m/s of smoke that spreads below the ceiling of a room beside the fire's; chosen."""


def plume_lag(heat_kw: float, *, height_m: float) -> float:
    """Seconds from the fire to the ceiling: ``0.67 H^(4/3) / Q^(1/3)``.

    Mowrer, Fire Technology 26 (1990) 244; *heat_kw* is the whole heat release.
    """
    return float(_PLUME * height_m ** (4 / 3) / heat_kw ** (1 / 3))


def jet_lag(heat_kw: float, *, height_m: float, radius_m: float) -> float:
    """Seconds along the ceiling: ``r^(11/6) / (1.2 Q^(1/3) H^(1/2))`` (Mowrer, as above)."""
    return float(radius_m ** (11 / 6) / (_JET * heat_kw ** (1 / 3) * height_m**0.5))
