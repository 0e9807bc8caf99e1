"""Addresses of people that reach nobody, or do something else than tell them, are refused at import."""

import pytest
from pydantic import ValidationError

from registry.model.apprise_urls import TELL_NOBODY
from registry.model.contacts import Contact
from registry.model.rows import STORED


@pytest.mark.parametrize("scheme", sorted(TELL_NOBODY))
def test_a_service_of_the_center_machine_is_no_channel(scheme: str) -> None:
    with pytest.raises(ValidationError, match="reaches nobody beyond the center's machine"):
        Contact.model_validate({"id": "a", "name": "A", "apprise": f"{scheme}://reboot"})


@pytest.mark.parametrize("query", ["method=DELETE", "a=b&METHOD=put", "%6dethod=GET"])
def test_a_notification_uses_no_other_method_than_post(query: str) -> None:
    with pytest.raises(ValidationError, match="method is not POST"):
        Contact.model_validate({"id": "a", "name": "A", "apprise": f"json://example.com/?{query}"})


@pytest.mark.parametrize("url", ["tgram://token/chat", "json://example.com/?method=post"])
def test_a_service_that_tells_people_stays_possible(url: str) -> None:
    assert Contact.model_validate({"id": "a", "name": "A", "apprise": url}).apprise == url


def test_a_registry_that_was_imported_before_stays_in_use() -> None:
    row = {"id": "a", "name": "A", "apprise": "exec://reboot"}
    assert Contact.model_validate(row, context=STORED).apprise == "exec://reboot"
