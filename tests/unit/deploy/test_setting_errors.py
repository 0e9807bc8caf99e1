"""No error of a setting shows the pattern that a text must match: it says how to write it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import alerting.settings
import console.settings
import gateway.settings
import ingest.settings
from runtime.setting_errors import FORMS
from runtime.settings import ServiceSettings

SERVICES: list[type[ServiceSettings]] = [
    alerting.settings.Settings,
    console.settings.Settings,
    gateway.settings.Settings,
    ingest.settings.Settings,
]


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for each in schema.values():
            yield from patterns(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from patterns(each)


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.__module__)
def test_each_text_that_must_match_a_pattern_has_its_form_in_words(
    service: type[ServiceSettings],
) -> None:
    found = set(patterns(json.loads(json.dumps(service.model_json_schema()))))
    choices = {each for each in found if re.fullmatch(r"\^\(([\w|-]+)\)\$", each)}
    assert found - choices - set(FORMS | dict(service.forms)) == set()
    assert found
