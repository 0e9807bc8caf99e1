"""Premises are found by words without diacritics, by the areas that hold them, and by old names."""

from datetime import date

import pytest

from registry.domain.index import Index
from registry.domain.premises_search import PremisesSearch
from registry.domain.search_text import lacking, searchable
from registry.model.registry import Registry

DAY = date(2025, 7, 1)
REGISTRY = Registry.model_validate(
    {
        "areas": [
            {"id": "tinh", "name": "Tỉnh Cà Mau"},
            {"id": "cu", "name": "Xã Phước Long", "parent": "tinh", "valid_to": DAY},
            {"id": "moi", "name": "Xã Vĩnh Phước", "parent": "tinh", "valid_from": DAY},
            {"id": "khac", "name": "Phường Tân Thành", "parent": "tinh", "other_names": ["Chợ Nổi"]},
        ],
        "successions": [{"id": "s", "old": "cu", "new": "moi", "day": DAY}],
        "premises": [
            {"id": "cho-dam-doi", "name": "Chợ Đầm Dơi", "address": "12/3 Trần Phú", "area": "cu"},
            {"id": "kho", "name": "Kho lúa", "area": "khac"},
            {"id": "nha", "name": "Nhà trọ"},
            {"id": "di-doi", "name": "Trường học", "area": "khac"},
        ],
        "memberships": [{"id": "m", "premises": "di-doi", "area": "moi", "valid_from": DAY}],
    }
)


def found(text: str, day: date = DAY) -> list[str]:
    index = Index(REGISTRY)
    search = PremisesSearch(index, text, day)
    return [name for name, label in index.labels().items() if search.finds(name, label)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("dam doi", ["cho-dam-doi"]),
        ("Đầm", ["cho-dam-doi"]),
        ("ĐẦM  dơi, trần", ["cho-dam-doi"]),
        ("12", ["cho-dam-doi"]),
        ("tran phu vinh phuoc", ["cho-dam-doi"]),
        ("am doi", []),
        ("vinh phuoc", ["cho-dam-doi", "di-doi"]),
        ("phuoc long", ["cho-dam-doi", "di-doi"]),
        ("cho noi", ["kho"]),
        ("ca mau", ["cho-dam-doi", "di-doi", "kho"]),
        ("khong dau ca", []),
    ],
)
def test_each_word_begins_a_word_of_the_premises_or_of_its_areas(text: str, ids: list[str]) -> None:
    assert sorted(found(text)) == ids


def test_areas_are_those_of_the_day() -> None:
    before = date(2025, 6, 30)
    assert sorted(found("tan thanh", before)) == ["di-doi", "kho"]
    assert found("tan thanh") == ["kho"]


def test_text_becomes_words_of_plain_letters() -> None:
    assert searchable("Chợ ĐẦM Dơi, 12/3") == "cho dam doi 12 3"
    assert lacking("cho noi", "Chợ Đầm Dơi") == "noi"
