"""Figures of air and of the earth that all formulas share."""

GRAVITY = 9.81
"""m/s2."""

HEAT_CAPACITY = 1.005
"""kJ/(kg K), of air at constant pressure; hot smoke is taken as air."""

AIR_MASS_KELVIN = 353.0
"""Density times temperature of air at 1 atm, in kg K/m3 (ideal gas)."""

OXYGEN = 0.2318
"""Mass fraction of oxygen in fresh air (20.95 % by volume)."""

MOLAR_AIR = 28.97
"""g/mol."""

MOLAR_CO = 28.01
"""g/mol."""


def density(kelvin: float) -> float:
    """Density of air in kg/m3 at *kelvin* and 1 atm."""
    return AIR_MASS_KELVIN / kelvin
