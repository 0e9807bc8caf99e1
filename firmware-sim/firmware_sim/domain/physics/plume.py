"""The plume above a fire: how much air it takes along on its way up."""


def entrained(convected_kw: float, *, height_m: float) -> float:
    """Mass flow in kg/s through the plume *height_m* above the fire's base.

    Heskestad's plume as in NFPA 92, 5.5.1: ``0.071 Qc^(1/3) z^(5/3) + 0.0018 Qc`` above the flames,
    which end at ``0.166 Qc^(2/5)``, and ``0.032 Qc^(3/5) z`` within them; *convected_kw* is the heat
    without the share that is radiated.
    """
    if height_m <= 0.0 or convected_kw <= 0.0:
        return 0.0
    if height_m > 0.166 * convected_kw**0.4:
        return float(0.071 * convected_kw ** (1 / 3) * height_m ** (5 / 3) + 0.0018 * convected_kw)
    return float(0.032 * convected_kw**0.6 * height_m)
