"""The ceiling jet: hot gas that flows outwards below a ceiling from where the plume strikes it.

Alpert, Fire Technology 8 (1972) 181, as in NFPA 72 annex B and the SFPE Handbook, "Ceiling Jet Flows".
For a steady fire below a smooth, flat, unconfined ceiling. *heat_kw* is the whole heat release of the
fire, *height_m* the ceiling above the fire's base and *radius_m* the distance from the plume's axis.
"""

NEAR_TEMPERATURE = 0.18
"""Within this many heights of the axis the temperature is that of the plume."""

NEAR_VELOCITY = 0.15
"""Within this many heights of the axis the velocity is that of the plume."""


def excess_temperature(heat_kw: float, *, height_m: float, radius_m: float) -> float:
    """Highest temperature in the jet above the air it is made of, in K.

    ``16.9 Q^(2/3) / H^(5/3)`` near the axis, ``5.38 (Q/r)^(2/3) / H`` beyond ``r/H = 0.18``.
    """
    if radius_m <= NEAR_TEMPERATURE * height_m:
        return float(16.9 * heat_kw ** (2 / 3) / height_m ** (5 / 3))
    return float(5.38 * (heat_kw / radius_m) ** (2 / 3) / height_m)


def velocity(heat_kw: float, *, height_m: float, radius_m: float) -> float:
    """Highest velocity in the jet, in m/s.

    ``0.96 (Q/H)^(1/3)`` near the axis, ``0.195 Q^(1/3) H^(1/2) / r^(5/6)`` beyond ``r/H = 0.15``.
    """
    if radius_m <= NEAR_VELOCITY * height_m:
        return float(0.96 * (heat_kw / height_m) ** (1 / 3))
    return float(0.195 * heat_kw ** (1 / 3) * height_m**0.5 / radius_m ** (5 / 6))
