"""A message about a fire ends with how to answer it, where that costs no further short message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from alerting.channels.answer_hints import AnswerHints, LinkRules
from alerting.domain.answers.answer_codes import answer_code
from alerting.domain.answers.link_tokens import read_token
from alerting.domain.gsm.pdu import split_text
from alerting.engine.engine import CENTER_CONTACT
from alerting.engine.registry_snapshot import ActiveRegistry, CenterDetails
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.deliveries import DeliveryAttempt
from contract.ids import DeliveryId, IncidentId
from contract.times import SECOND
from registry.model.contacts import Contact

SECRET = b"s" * 32
HEAD = Contact(id="head", name="Anh Hai", phone="+84901000000")
FIRE = "CHÁY tại Chợ An Bình, 14:02: đầu báo khói Quầy vải. Gọi 114. #K7QX"


def hints(*, links: bool = False) -> AnswerHints:
    details = CenterDetails(CENTER_CONTACT, "114", Confirmation())
    registry = ActiveRegistry(details, Metrics(CollectorRegistry()), copy=None)
    rules = LinkRules("https://bao.example.vn", 3_600 * SECOND) if links else None
    return AnswerHints(registry, SECRET, by_sms=True, links=rules)


def attempt(channel: str = "sms", event: str = "confirmed") -> DeliveryAttempt:
    return DeliveryAttempt(
        id=DeliveryId("i1/confirmed/0/head"),
        incident=IncidentId("i1"),
        destination="head",
        channel=channel,
        event=event,
        attempt=1,
        body="{}",
        fallback_channels=(),
        rank=1,
        premises="cho",
        began_at=1_000 * SECOND,
        number=7,
    )


@given(st.text(st.sampled_from("CHÁY tại Chợ 14:02 ư"), min_size=1, max_size=400), st.booleans())
def test_no_hint_costs_a_further_part(text: str, links: bool) -> None:
    longer = hints(links=links).text(attempt(), HEAD, text)
    assert len(split_text(longer)) == len(split_text(text))
    assert longer.startswith(text)


def test_with_room_it_names_the_code_and_the_digits() -> None:
    code = answer_code(SECRET, contact="head", incident="i1")
    text = hints().text(attempt(), HEAD, FIRE)
    assert text == f"{FIRE} Trả lời {code} 1 đã thấy 2 tiếp nhận 3 cháy thật 4 báo giả" or code in text


@pytest.mark.parametrize("event", ["acknowledged", "closed", "fault", "test"])
def test_what_is_no_fire_alarm_has_none(event: str) -> None:
    assert hints(links=True).text(attempt(event=event), HEAD, FIRE) == FIRE


@pytest.mark.parametrize("channel", ["email", "apprise"])
def test_a_mail_has_a_link_that_names_nobody(channel: str) -> None:
    text = hints(links=True).text(attempt(channel), HEAD, FIRE)
    url = text.rpartition(" ")[2]
    link = read_token(url.rpartition("/")[2], SECRET)
    assert link is not None
    assert (link.delivery, link.expires_at) == (7, 4_620 * SECOND)
    assert "head" not in url
    assert "i1" not in url


def test_without_an_address_there_is_no_link() -> None:
    assert hints().text(attempt("email"), HEAD, FIRE) == FIRE
