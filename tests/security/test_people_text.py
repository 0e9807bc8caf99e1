"""Text from people and machines: refused at entry where it steers a terminal, escaped where it ends."""

import json
import re
import sys
import unicodedata

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerting.domain.decisions.troubles import _opened
from alerting.domain.notification.center import center_site, not_reached
from alerting.domain.notification.recipients import Destination
from alerting.domain.notification.templates import message_text
from alerting.domain.wording.incident_parts import premises
from contract.http.checking import BadRequest, read_body
from contract.http.incidents import ActionRequest
from contract.http.overrides import OverrideRequest
from contract.messages import (
    decode_alarm,
    decode_heartbeat,
    decode_presence,
    shown_heartbeat,
    shown_presence,
)
from firmware_sim.domain.modem import DisplayedMessage
from registry.model.contacts import Contact
from registry.model.rows import STORED
from registry.model.templates import MessageTemplate
from runtime.log import shown_values, terminal_line
from tocsin.http_client import HttpAnswer
from tocsin.sim import modem
from words.catalogue import Message, Words
from words.people_text import UNSEEN, UnseenCharacter, people_text, shown, shown_json

STEERING = [
    "\x1b[2J",
    "\x07",
    "\n",
    "\r",
    "\x9b31m",
    "\u202e",
    "\u2066",
    "\u2028",
    "\ufeff",
    "\U000e0041",
]
"""Text that takes a terminal over, forges a line, or turns a sentence round."""

JOINERS = frozenset("\u200c\u200d")
"""Format characters that scripts need: the zero-width non-joiner and joiner."""

WITHOUT_LETTER = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories of characters that nobody sees."""

ASSIGNED = st.characters(exclude_categories=("Cn", "Cs"))

TEXTS = st.text(ASSIGNED, max_size=60) | st.lists(st.sampled_from([*STEERING, "Chợ ", "\u200d"])).map(
    "".join
)


def unseen_in(text: str) -> list[str]:
    return [c for c in text if unicodedata.category(c) in WITHOUT_LETTER and c not in JOINERS]


def test_the_characters_that_nobody_sees_are_those_of_unicode() -> None:
    unseen = re.compile(rf"[{UNSEEN}\ud800-\udfff]")
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    wrong = [
        f"U+{ord(c):04X}"
        for c in every
        if (category := unicodedata.category(c)) != "Cn"
        and (unseen.match(c) is not None) != (category in WITHOUT_LETTER and c not in JOINERS)
    ]
    assert wrong == []


@given(TEXTS)
@example("a\U000e0041")
def test_whatever_is_shown_has_no_character_that_nobody_sees(text: str) -> None:
    assert unseen_in(shown(text)) == []
    assert shown(shown(text)) == shown(text)


@given(TEXTS)
def test_text_is_accepted_exactly_if_all_of_it_can_be_seen(text: str) -> None:
    if unseen_in(text):
        with pytest.raises(UnseenCharacter, match=r"U\+[0-9A-F]{4,6}"):
            people_text(text)
    else:
        assert people_text(text) == shown(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", ["Chợ An Bình, cửa Đông", "می\u200cخواهم", "👩\u200d🚒", "a\u00a0b"])
def test_what_languages_need_stays_as_it_is(text: str) -> None:
    assert people_text(text) == shown(text) == text


@given(TEXTS)
def test_json_says_the_same_after_it_was_made_safe_for_a_terminal(text: str) -> None:
    document = json.dumps({"name": text.encode(errors="replace").decode()}, ensure_ascii=False)
    assert json.loads(shown_json(document)) == json.loads(document)
    assert unseen_in(shown_json(document)) == []


@pytest.mark.parametrize("text", STEERING)
@pytest.mark.parametrize("field", ["name", "role"])
def test_the_registry_refuses_such_a_text_and_names_its_field(field: str, text: str) -> None:
    row = {"id": "a", "name": "A", "phone": "113"} | {field: f"a{text}b"}
    with pytest.raises(ValidationError, match=f"{field}: character 2 is U\\+"):
        Contact.model_validate(row)


def test_a_template_may_have_several_lines_and_nothing_else_that_nobody_sees() -> None:
    row = {"id": "a", "event": "confirmed", "text": "CHÁY\n{premises}"}
    assert MessageTemplate.model_validate(row).text == "CHÁY\n{premises}"
    with pytest.raises(ValidationError, match=r"text: character 5 is U\+202E"):
        MessageTemplate.model_validate(row | {"text": "CHÁY\u202e{premises}"})


@pytest.mark.parametrize("text", STEERING)
def test_nobody_acts_under_a_name_that_steers_a_terminal(text: str) -> None:
    with pytest.raises(BadRequest, match="'by' cannot be used: character 2 is"):
        read_body(msgspec.json.encode({"by": f"a{text}b"}), ActionRequest)


@pytest.mark.parametrize("text", STEERING)
def test_no_note_steers_a_terminal(text: str) -> None:
    order = {"kind": "test", "premises": "a", "by": "An", "minutes": 1, "note": f"a{text}b"}
    with pytest.raises(BadRequest, match="'note' cannot be used"):
        read_body(msgspec.json.encode(order), OverrideRequest)


@given(TEXTS)
@example("\x00")
@example("\x1b[2J\u202e")
def test_a_fire_is_kept_whatever_its_reason_has_in_it(text: str) -> None:
    reason = text.encode(errors="ignore").decode()
    fire = {"seq": 1, "kind": "fire", "edge": "raised", "scope": "point", "name": "smoke-01"}
    fire |= {"reason": reason, "changed_at": 1, "committed_at": 1, "quantity": reason}
    said = {"v": 1, "epoch": "e", "floor": 1, "signals": [fire]}
    alarm = decode_alarm(msgspec.json.encode(said))
    assert alarm.bad == ()
    assert alarm.signals[0].reason == alarm.signals[0].quantity
    assert unseen_in(alarm.signals[0].reason) == []
    assert bool(alarm.cleaned) >= bool(unseen_in(reason))


@given(TEXTS)
def test_no_value_in_a_text_for_people_forges_a_line(text: str) -> None:
    words = Words("en", {"a.key": Message(("{by} acts",), lambda _: 0)})
    assert unseen_in(words.text("a.key", by=text)) == []


def test_a_template_keeps_its_own_lines_and_shows_those_of_a_name_escaped() -> None:
    words = Words("en", {"fire.call": Message(("{text}. Call {call} #{short}",), lambda _: 0)})
    relay = {
        "text": {"en": "FIRE"},
        "premises": {"name": "Market\nALL CLEAR\u202e", "address": ""},
        "incident": "abcdef",
        "call": "114",
    }
    told = message_text(relay, words, "FIRE\n{premises}")
    assert told == "FIRE\nMarket\\nALL CLEAR\\u202e. Call 114 #cdef"


@given(TEXTS)
def test_a_line_of_the_log_is_one_line_and_has_only_its_own_colors(text: str) -> None:
    line = terminal_line(None, "", shown_values(None, "", {"event": "seen", "by": text, "all": [text]}))
    assert unseen_in(line.replace("\x1b[2m", "").replace("\x1b[0m", "")) == []


@given(TEXTS)
def test_what_a_service_answers_is_shown_by_the_command_line(text: str) -> None:
    said = text.encode(errors="replace").decode()
    answer = HttpAnswer("http://a", json.dumps({"name": said}, ensure_ascii=False).encode())
    assert unseen_in(answer.text()) == []
    assert unseen_in(answer.decoded(dict[str, str])["name"]) == []


@given(TEXTS)
@example("\x1b[2J\u202e")
def test_a_name_of_an_older_registry_is_escaped_when_it_is_read(text: str) -> None:
    said = text.encode(errors="replace").decode() or "a"
    contact = Contact.model_validate_json(
        json.dumps({"id": "a", "name": said[:200], "phone": "113"}), context=STORED
    )
    assert unseen_in(contact.name) == []


@given(TEXTS)
@example("\x1b[2J\n")
def test_what_a_gateway_says_of_itself_is_escaped_when_it_comes(text: str) -> None:
    said = text.encode(errors="replace").decode().replace("\x00", "")
    presence = {"v": 1, "online": True, "version": said, "at": 1}
    assert unseen_in(shown_presence(decode_presence(msgspec.json.encode(presence))).version) == []
    lane = {"epoch": "e", "depth": 0, "oldest_age_s": 0.0, "last_seq": 0}
    beat = {
        "v": 1,
        "at": 1,
        "alarm": lane,
        "telemetry": lane,
        "lines": {said: said},
        "points": {said: 1},
    }
    heard = shown_heartbeat(decode_heartbeat(msgspec.json.encode(beat)))
    assert [unseen_in(each) for each in (*heard.lines, *heard.lines.values(), *heard.points)] == [[]] * 3


def test_the_body_of_a_webhook_has_no_name_that_steers_a_terminal() -> None:
    site = msgspec.structs.replace(center_site(), name="Chợ\x1b[2J", address="12\u202e Lê Lợi")
    trouble, _ = _opened([not_reached(Destination("a", "sms"), 1)], site, now=1)
    assert trouble is not None
    shown_to_all = premises(trouble)
    assert (shown_to_all.name, shown_to_all.address) == ("Chợ\\x1b[2J", "12\\u202e Lê Lợi")
    assert shown_to_all.id == site.id


@pytest.mark.parametrize("text", STEERING)
def test_a_simulated_desk_or_telephone_prints_one_line(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    modem._show(DisplayedMessage(to=f"+84{text}", text=f"CHÁY{text}", parts=1))
    modem._show_json(DisplayedMessage(to="113", text=f"CHÁY{text}", parts=1))
    printed = capsys.readouterr().out
    assert printed.count("\n") == 2
    assert unseen_in(printed.replace("\n", "")) == []
