"""Fuels, and the heat, soot and carbon monoxide that each gram gives."""

from dataclasses import dataclass
from enum import StrEnum


class Fuel(StrEnum):
    """A kind of thing that burns."""

    WOOD = "wood"
    COTTON = "cotton"
    FOAM = "foam"
    PLASTIC = "plastic"
    CABLE = "cable"
    OIL = "oil"
    GAS = "gas"


@dataclass(frozen=True, slots=True)
class Yields:
    """Of one gram of fuel burnt: *heat_kj* released, *soot_g* and *co_g* made.

    *radiated* is the share of the heat that leaves the flame as radiation and does not rise with the
    smoke; *extinction_m2_g* is the light taken by each gram of its smoke.
    """

    heat_kj: float
    soot_g: float
    co_g: float
    radiated: float
    extinction_m2_g: float


# Mulholland and Croarkin, Fire and Materials 24 (2000) 227: 8.7 m2/g (+- 1.1) for flaming fires of wood
# and plastics, at 633 nm.
FLAMING_M2_G = 8.7

# Seader and Einhorn, 16th Symposium on Combustion (1977): 4.4 m2/g for the smoke of pyrolysis.
SMOLDERING_M2_G = 4.4

# Tewarson, "Generation of Heat and Gaseous, Liquid, and Solid Products in Fires", SFPE Handbook, table
# of yields of well-ventilated fires: red oak, PU foam GM21, polystyrene, PVC cable insulation, heptane,
# methane. Cotton is a cellulose and taken as wood. Recalled figures: fires of one fuel differ by more.
# But for the soot of foam: Mulholland, as below, has <0.01 to 0.035 g/g for small flaming fires of
# flexible PU; Tewarson's 0.131 made the smoke of recorded chairs and mattresses 35 times too thick.
FLAMING = {
    Fuel.WOOD: Yields(12.4, 0.015, 0.004, 0.37, FLAMING_M2_G),
    Fuel.COTTON: Yields(12.4, 0.015, 0.004, 0.37, FLAMING_M2_G),
    Fuel.FOAM: Yields(16.2, 0.010, 0.010, 0.54, FLAMING_M2_G),
    Fuel.PLASTIC: Yields(27.0, 0.164, 0.060, 0.59, FLAMING_M2_G),
    Fuel.CABLE: Yields(5.7, 0.172, 0.063, 0.46, FLAMING_M2_G),
    Fuel.OIL: Yields(41.2, 0.037, 0.010, 0.33, FLAMING_M2_G),
    Fuel.GAS: Yields(49.6, 0.000, 0.000, 0.14, FLAMING_M2_G),
}

# Mulholland, "Smoke Production and Properties", SFPE Handbook: smoke of smoldering wood 0.03 to 0.17
# g/g, of flexible PU foam 0.03 to 0.12, of PVC 0.03 to 0.12. Carbon monoxide of smoldering 0.10 to 0.15
# g/g and heat 6 to 12 kJ/g: Ohlemiller, "Smoldering Combustion". The middles are taken.
SMOLDERING = {
    Fuel.WOOD: Yields(9.0, 0.10, 0.12, 0.0, SMOLDERING_M2_G),
    Fuel.COTTON: Yields(9.0, 0.10, 0.12, 0.0, SMOLDERING_M2_G),
    Fuel.FOAM: Yields(9.0, 0.08, 0.12, 0.0, SMOLDERING_M2_G),
    Fuel.PLASTIC: Yields(9.0, 0.08, 0.12, 0.0, SMOLDERING_M2_G),
    Fuel.CABLE: Yields(6.0, 0.08, 0.12, 0.0, SMOLDERING_M2_G),
}
