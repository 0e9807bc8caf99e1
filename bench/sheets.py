"""The preview of a large spreadsheet: seconds to read it, to plan its changes, and to export it again.

Prints JSON. The sheet has as many premises and points as are asked for; nothing is in the registry yet.
"""

import argparse
import json
import resource
import time
from datetime import date

from registry.model.registry import Registry
from registry.sheets.changes import applied
from registry.sheets.exporting import export_xlsx
from registry.sheets.labels import Labels
from registry.sheets.plan_state import PlanOptions, RememberedNames
from registry.sheets.planning import plan_sheets
from registry.sheets.reading import read_sheets
from words.loading import catalogue

TABLES = ("premises", "zones", "gateways", "points")


def content(premises: int, points: int) -> Registry:
    """Return a registry with so many *premises*, and *points* spread over them."""
    each = max(1, points // premises)
    rows: dict[str, list[dict[str, object]]] = {table: [] for table in TABLES}
    for number in range(premises):
        own = f"cs-{number}"
        place = {"id": own, "name": f"Cơ sở {number}", "address": f"{number} đường Lý Văn Lâm"}
        at = {"lat": 9.0 + number * 0.0005, "lon": 105.0 + number % 100 * 0.0007}
        form = {"head": f"Nguyễn Văn {number}", "head_phone": f"+849{number:08}", "built_area_m2": 120.5}
        rows["premises"].append({**place, **at, "facility": form})
        rows["zones"].append({"id": "z", "premises": own, "name": "Dãy A"})
        rows["gateways"].append({"id": "gw", "premises": own, "name": "Tủ"})
        rows["points"] += [
            {"id": f"p-{one}", "premises": own, "zone": "z", "gateway": "gw", "kind": "smoke"}
            for one in range(each)
        ]
    return Registry.model_validate(rows)


def measure(premises: int, points: int) -> dict[str, float]:
    """Return the seconds of each step, and the memory of all together."""
    registry = content(premises, points)
    words, labels = catalogue().words("vi"), Labels(catalogue())
    options = PlanOptions(date(2026, 11, 29))
    begin = time.perf_counter()
    data = export_xlsx(registry, TABLES, words)
    exported = time.perf_counter()
    sheets = read_sheets(data, "all.xlsx")
    read = time.perf_counter()
    new = plan_sheets(sheets, Registry(), options, labels=labels, remembered=RememberedNames())
    planned = time.perf_counter()
    base = applied(Registry(), new)
    again = time.perf_counter()
    same = plan_sheets(sheets, base, options, labels=labels, remembered=RememberedNames())
    end = time.perf_counter()
    assert new.is_usable, [each.reason for each in new.errors[:3]]
    assert same.says_nothing
    return {
        "premises": premises,
        "points": points,
        "bytes": len(data),
        "export_s": round(exported - begin, 2),
        "read_s": round(read - exported, 2),
        "preview_of_new_s": round(planned - read, 2),
        "preview_of_same_s": round(end - again, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--premises", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=100_000)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.premises, asked.points)))


if __name__ == "__main__":
    main()
