"""The reason why a message did not reach somebody is said in the language of whoever asks."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from alerting.domain.gsm import at
from alerting.domain.gsm.at import Failed, failure_text
from alerting.domain.model.effects import RecordedEntry
from alerting.http.failure_words import (
    FAILURES,
    coded_failure,
    failure_in_words,
    with_failures_in_words,
)
from contract.timeline import TimelineEvent
from tests.support.texts import ENGLISH, VIETNAMESE

ROOT = Path(__file__).parents[3]
CHANNELS = sorted((ROOT / "alerting" / "channels").rglob("*.py"))
RAISED = {
    "ChannelAnswer",
    "ModemUnavailable",
    "BadNumber",
    "TooLong",
    "BrokerAway",
    "NameUnknown",
    "Report",
}
"""Calls whose text becomes the reason of a failure."""

FILES = (
    *CHANNELS,
    *(ROOT / "alerting" / "domain" / "gsm" / name for name in ("pdu.py", "numbers.py")),
    *(ROOT / "runtime" / name for name in ("mqtt.py", "mqtt_sessions.py", "host_names.py")),
)

NO_FAILURE = {
    *("the network took", "the telephone has", "a broker has it at", "the service took it", "answered"),
    *("no report within", " s", "redirected to"),
}
"""Beginnings of what is said of a delivery, and parts of sentences that have two forms."""


def written(call: ast.Call, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Yield each text in the arguments of *call*, also of names that are *assigned* beside it."""
    for argument in call.args:
        given = assigned.get(argument.id, []) if isinstance(argument, ast.Name) else [argument]
        for each in given:
            for node in ast.walk(each):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                    yield node.value


def sentences() -> Iterator[tuple[str, str]]:
    """Yield each text that a channel writes into the reason of a failure, and where."""
    for file in FILES:
        for scope in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
                for text, line in sentences_of(scope):
                    yield text, f"{file.relative_to(ROOT)}:{line}"


def sentences_of(scope: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each text of a failure within a function, and its line."""
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(scope):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED:
            for text in written(node, assigned):
                yield text, node.lineno


def test_every_reason_of_a_failure_is_in_the_catalogue() -> None:
    english = [ENGLISH.messages[key].forms[0] for key in FAILURES.member_keys()]
    found = list(sentences())
    assert len(found) > 25
    lacking = [
        f"{where}: {text!r}"
        for text, where in found
        if not any(text.strip(" :;,") in each for each in english)
        and not any(each in text for each in NO_FAILURE)
    ]
    assert lacking == [], "add them to words/vi/deliveries.po and delivery_faults.py"


def test_every_error_of_a_modem_that_is_explained_is_in_the_catalogue() -> None:
    explained = [failure_text(Failed(*each)) for each in at._KNOWN]
    cards = [failure_text(Failed("CPIN", each)) for each in (*at._CARD_REMEDIES, "PH-SIM PIN")]
    others = [failure_text(Failed("", "")), failure_text(Failed("CMS", "500"))]
    for text in (*explained, *cards, *others):
        coded = coded_failure(text)
        assert coded is not None, f"{text}: add it to words/vi/deliveries.po"
        assert coded.code != "modem_code" or text == others[1], text


@pytest.mark.parametrize(
    ("reason", "vietnamese"),
    [
        ("answered 503", "máy chủ trả lời mã 503"),
        (
            "answered 301, redirected to https://b/; register that address",
            "máy chủ trả lời mã 301, chuyển hướng tới https://b/; hãy đăng ký địa chỉ đó",
        ),
        ("550 no such mailbox", "máy chủ thư trả lời 550: no such mailbox"),
        (
            "sms is not set up here; add [channels.sms]",
            "trung tâm chưa thiết lập kênh sms; hãy thêm [channels.sms] vào cấu hình alerting",
        ),
        (
            "the scheme 'ftp' is not in outgoing.schemes; add it, or correct the address",
            "'ftp' không có trong outgoing.schemes; hãy thêm vào cấu hình, hoặc sửa địa chỉ",
        ),
        ("Mailbox full, try again", "Mailbox full, try again"),
    ],
)
def test_a_reason_is_said_in_vietnamese_and_left_alone_in_english(reason: str, vietnamese: str) -> None:
    assert failure_in_words(reason, VIETNAMESE) == vietnamese
    assert failure_in_words(reason, ENGLISH) == reason


def test_each_failure_is_found_as_itself() -> None:
    for key in FAILURES.member_keys():
        english = ENGLISH.messages[key].forms[0]
        names = {name for _, name, *_ in Formatter().parse(english) if name}
        said = english.format(**(dict.fromkeys(names, "x9") | {"status": "503"}))
        coded = coded_failure(said)
        assert coded is not None, key
        assert ENGLISH.text(FAILURES.key(coded.code), **coded.values) == said, key


def test_only_the_reason_of_a_failed_attempt_is_said_in_other_words() -> None:
    failed = RecordedEntry(1, TimelineEvent.DELIVERY_FAILED, "answered 503", {})
    other = RecordedEntry(2, TimelineEvent.ESCALATED, "answered 503", {})
    found = list(with_failures_in_words([failed, other], VIETNAMESE))
    assert [each.reason for each in found] == ["máy chủ trả lời mã 503", "answered 503"]
