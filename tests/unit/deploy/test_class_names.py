"""One name means one thing: a class name is defined once, but for those below."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = (
    *(
        "accounts",
        "alerting",
        "audit",
        "console",
        "contract",
        "duties",
        "firmware-sim/firmware_sim",
        "gateway",
    ),
    *("ingest", "pki", "receiver", "registry", "reports", "runtime", "tocsin", "words"),
)

ON_BOTH_SIDES = "the same thing, inside a service and in what it sends"
OF_EACH_SERVICE = "the same part of several services"

TWICE = {
    "Cause": ON_BOTH_SIDES,
    "Commander": ON_BOTH_SIDES,
    "Condition": ON_BOTH_SIDES,
    "Draft": ON_BOTH_SIDES,
    "DraftState": ON_BOTH_SIDES,
    "ExplanationSentence": ON_BOTH_SIDES,
    "FireIncident": ON_BOTH_SIDES,
    "Gateway": ON_BOTH_SIDES,
    "PointInFire": ON_BOTH_SIDES,
    "Premises": ON_BOTH_SIDES,
    "SpotScore": ON_BOTH_SIDES,
    "PointKind": "the kinds of points, as a gateway is set up and as the registry has them",
    "LedgerApi": OF_EACH_SERVICE,
    "Metrics": OF_EACH_SERVICE,
    "Settings": OF_EACH_SERVICE,
}


def modules_by_class() -> dict[str, list[str]]:
    """The modules that define each public class."""
    found: dict[str, list[str]] = defaultdict(list)
    for package in PACKAGES:
        for module in sorted((ROOT / package).rglob("*.py")):
            for each in ast.parse(module.read_text(encoding="utf-8")).body:
                if isinstance(each, ast.ClassDef) and not each.name.startswith("_"):
                    found[each.name].append(str(module.relative_to(ROOT)))
    return found


def test_a_class_name_is_defined_twice_only_for_a_reason() -> None:
    twice = {name: where for name, where in modules_by_class().items() if len(where) > 1}
    assert {name: where for name, where in twice.items() if name not in TWICE} == {}
    assert sorted(twice) == sorted(TWICE)
