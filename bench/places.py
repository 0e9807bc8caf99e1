"""Measures how fast places are found: water and units near, the facts of a scene, a search by words.

``python -m bench.places [--premises N --water N]`` makes a province of them, asks it in seeded places,
and prints processor milliseconds as JSON: the median, and the slowest of a hundred.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from registry.domain.distance import Coordinates
from registry.domain.four_on_the_spot import four_on_the_spot
from registry.domain.index import Index
from registry.domain.on_site import spot_facts
from registry.domain.premises_search import PremisesSearch
from registry.domain.resources import Resources
from registry.model.registry import Registry

DAY = date(2026, 11, 29)
COMMUNES, UNITS = 64, 400
SEARCHES = 5


def province(premises: int, water: int, chance: random.Random) -> Registry:
    """Return so many *premises* and sources of *water* in a province as wide as Cà Mau."""

    def place() -> dict[str, float]:
        return {"lat": 8.6 + chance.random(), "lon": 104.7 + chance.random()}

    communes = [{"id": f"xa-{n}", "name": f"Xã {n}", "parent": "tinh"} for n in range(COMMUNES)]
    tables: dict[str, Any] = {
        "areas": [{"id": "tinh", "name": "Tỉnh Cà Mau"}, *communes],
        "premises": [
            {"id": f"p{n}", "name": f"Cơ sở {n}", "area": f"xa-{n % COMMUNES}", **place()}
            for n in range(premises)
        ],
        "water": [
            {"id": f"w{n}", "name": f"Trụ {n}", "kind": "hydrant", **place()} for n in range(water)
        ],
        "units": [
            {"id": f"u{n}", "name": f"Đội {n}", "kind": "station", **place()} for n in range(UNITS)
        ],
        "coverages": [
            {"id": f"c{n}", "unit": f"u{n}", "area": f"xa-{n % COMMUNES}"} for n in range(UNITS)
        ],
    }
    return Registry.model_validate(tables)


def measured(ask: Callable[[], object], times: int) -> dict[str, float]:
    """Return the processor milliseconds of *ask*."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        ask()
        spent.append(1_000 * (time.process_time() - began))
    spent.sort()
    return {"p50_ms": round(spent[times // 2], 3), "p99_ms": round(spent[times * 99 // 100], 3)}


def figures(premises: int, water: int) -> dict[str, dict[str, float]]:
    """Return the cost of each question."""
    chance = random.Random(1)
    registry = province(premises, water, chance)
    index, resources = Index(registry), Resources(registry)

    def somewhere() -> Coordinates:
        return Coordinates(8.6 + chance.random(), 104.7 + chance.random())

    def scene() -> object:
        facts = spot_facts(
            index, resources, f"p{chance.randrange(premises)}", areas=("xa-1", "tinh"), day=DAY
        )
        return four_on_the_spot(facts)

    def search() -> object:
        asked = PremisesSearch(index, "co so 77", DAY)
        return [name for name, label in index.labels().items() if asked.finds(name, label)]

    return {
        "index_of_water_and_units": measured(lambda: Resources(registry), SEARCHES),
        "water_near": measured(lambda: resources.public_water(somewhere(), 8), 300),
        "units_near": measured(
            lambda: resources.units_near(somewhere(), 5, day=DAY, premises="p1"), 300
        ),
        "facts_and_scores": measured(scene, 300),
        "search_all_premises": measured(search, SEARCHES),
    }


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--premises", type=int, default=10_000)
    parser.add_argument("--water", type=int, default=20_000)
    asked = parser.parse_args()
    said = {"premises": asked.premises, "water": asked.water, **figures(asked.premises, asked.water)}
    print(json.dumps({"places": said}, indent=2))


if __name__ == "__main__":
    main()
