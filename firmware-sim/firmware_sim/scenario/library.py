"""The library of scenarios that come with the program."""

from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from firmware_sim.scenario.scenario import Scenario, load_scenario
from runtime.settings import BadSettings

_SHIPPED = files("firmware_sim") / "scenarios"


def shipped_names() -> list[str]:
    """Return the names of the scenarios that come with the program."""
    names = (each.name for each in _SHIPPED.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def shipped_scenario(name: str = "kitchen") -> Scenario:
    """Return one of the scenarios that come with the program; raises BadSettings if it is unknown."""
    if name not in shipped_names():
        known = in_columns(shipped_names())
        raise BadSettings([f"{name}: neither a file nor a scenario of the library, which has:\n{known}"])
    with as_file(_SHIPPED / f"{name}.toml") as file:
        return load_scenario(file)


def in_columns(names: Sequence[str], *, width: int = 80) -> str:
    """Return *names* one below the other, in as many columns as *width* has room for."""
    cell = max(map(len, names), default=0) + 2
    rows = -(-len(names) // max(1, width // cell))
    lines = ("".join(f"  {each:{cell - 2}}" for each in names[row::rows]) for row in range(rows))
    return "\n".join(line.rstrip() for line in lines)


def find_scenario(name: str) -> Scenario:
    """Return the scenario in the file *name*, or the shipped one of that name; raises BadSettings."""
    if name.endswith(".toml") or Path(name).is_file():
        return load_scenario(Path(name))
    return shipped_scenario(name)
