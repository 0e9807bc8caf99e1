"""Rules and premises for tests of duties: a market with a head, its alarm system, and the law."""

from datetime import date
from typing import Any

from registry.model.registry import Registry
from tests.stories.alerting.house import MARKET

LAW = date(2025, 7, 1)

RULES: list[dict[str, Any]] = [
    {
        "id": "drill",
        "name": "Thực tập chữa cháy",
        "name_en": "Drill",
        "kind": "drill",
        "every": {"years": 1},
    },
    {"id": "alarm-test", "name": "Thử báo cháy", "kind": "alarm-test", "every": {"months": 6}},
    {"id": "insurance", "name": "Bảo hiểm", "kind": "insurance", "every": {"years": 1}},
    {"id": "declaration", "name": "Khai báo", "kind": "declaration", "once_by": "2027-07-01"},
    {
        "id": "connection",
        "name": "Kết nối",
        "kind": "connection",
        "once_by": "2027-07-01",
        "group": {"in_annex_1": True},
    },
    {
        "id": "state-inspection",
        "name": "Kiểm tra của xã",
        "kind": "state-inspection",
        "every": {"years": 1},
        "group": {"managed_by": "commune"},
        "done_by": "commune",
    },
]
"""The rules of a small law."""


def duty_rules(*rules: dict[str, Any]) -> list[dict[str, Any]]:
    """Return *rules*, or RULES, each with the days and the source of the law."""
    usual = {"valid_from": LAW.isoformat(), "source": "Luật 55/2024/QH15"}
    return [usual | each for each in (rules or RULES)]


def market(facility: dict[str, Any] | None = None, *rules: dict[str, Any]) -> Registry:
    """Return the market with *facility*, which the commune manages, under *rules* or RULES."""
    document = MARKET.model_dump(mode="json")
    document["duty_rules"] = duty_rules(*rules)
    document["premises"][0]["facility"] = {"managed_by": "commune", "in_annex_1": True} | (
        facility or {}
    )
    document["premises"][0]["people"] = ["owner"]
    return Registry.model_validate(document)
