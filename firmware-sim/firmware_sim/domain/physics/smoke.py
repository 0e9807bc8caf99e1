"""Optical density and carbon monoxide of air that carries smoke."""

import math

from firmware_sim.domain.physics.air import MOLAR_AIR, MOLAR_CO, density

DECIBEL_PER_NEPER = 10.0 / math.log(10.0)
"""An extinction of 1/m in natural logarithms is 4.343 dB/m."""


def optical_density(taken_m2_kg: float, *, kelvin: float) -> float:
    """Optical density in dB/m of air at *kelvin*, each kg of which takes the light of so many m2.

    ``4.343 rho sigma Y``, the law of Bouguer: sigma Y is the light that the soot in a kg of air takes.
    """
    return DECIBEL_PER_NEPER * density(kelvin) * taken_m2_kg


def co_ppm(mass_fraction: float) -> float:
    """Carbon monoxide in ppm by volume, of its *mass_fraction* in air."""
    return mass_fraction * MOLAR_AIR / MOLAR_CO * 1e6
