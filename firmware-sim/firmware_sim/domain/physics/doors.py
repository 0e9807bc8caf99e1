"""Flow through a door between hot and cold air."""

import math

from firmware_sim.domain.physics.air import GRAVITY, density

DISCHARGE = 0.7
"""Flow coefficient of doors and windows (Emmons, "Vent Flows", SFPE Handbook: 0.68 to 0.73)."""

_HALVINGS = 20
_SAME_K = 0.5
"""Air that differs by less does not move through a door for it."""


def outflow(
    *, width_m: float, height_m: float, interface_m: float, hot_k: float, cold_k: float
) -> float:
    """Mass in kg/s that leaves a hot layer, down to *interface_m*, below the lintel of a door.

    The orifice flow of Rockett and Emmons: above the neutral plane hot gas leaves, below it cold air
    enters, and the plane is where both are equal (SFPE Handbook, "Vent Flows"; Karlsson and
    Quintiere, "Enclosure Fire Dynamics", 5.5).
    """
    if hot_k - cold_k < _SAME_K or interface_m >= height_m or width_m <= 0.0:
        return 0.0
    hot, cold = density(hot_k), density(cold_k)
    bottom = max(0.0, interface_m)
    out = 2 / 3 * DISCHARGE * width_m * hot * math.sqrt(2 * GRAVITY * (cold - hot) / hot)
    into = 2 / 3 * DISCHARGE * width_m * cold * math.sqrt(2 * GRAVITY * (cold - hot) / cold)
    low, high = bottom, height_m
    for _ in range(_HALVINGS):
        plane = (low + high) / 2
        if out * (height_m - plane) ** 1.5 > into * math.sqrt(plane - bottom) * (plane + bottom / 2):
            low = plane
        else:
            high = plane
    return float(out * (height_m - low) ** 1.5)


def exchange(*, width_m: float, depth_m: float, hot_k: float, cold_k: float) -> float:
    """Mass in kg/s that two rooms swap where both are full of smoke for *depth_m* below the lintel.

    ``C/3 W rho sqrt(g dT/T) d^(3/2)``: Brown and Solvason, Int. J. Heat Mass Transfer 5 (1962) 859.
    """
    if hot_k - cold_k < _SAME_K or depth_m <= 0.0:
        return 0.0
    pull = GRAVITY * (hot_k - cold_k) / cold_k
    return float(DISCHARGE / 3 * width_m * density(hot_k) * math.sqrt(pull) * depth_m**1.5)
