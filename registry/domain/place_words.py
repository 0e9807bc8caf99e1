"""Families of texts about places in the catalogues (words/vi/places.po)."""

from registry.domain.commanders import CommandPost
from registry.domain.four_on_the_spot import SpotGap, SpotPart
from registry.model.facilities import SystemState
from registry.model.resources import MeansKind, UnitKind, WaterKind
from words.catalogue import family

SPOT_PARTS = family("spot_part", SpotPart)
SPOT_GAPS = family("spot_gap", SpotGap)
POSTS = family("post", CommandPost)
WATER_KINDS = family("water", WaterKind)
UNIT_KINDS = family("unit", UnitKind)
MEANS_KINDS = family("means", MeansKind)
SYSTEM_STATES = family("system_state", SystemState)
