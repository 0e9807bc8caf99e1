"""Requirements on how an InfluxDB's replies are understood."""

from datetime import UTC, datetime

import pytest

from ingest.domain.write_replies import (
    LONGEST_RETRY_AFTER_S,
    WriteVerdict,
    judge_reply,
    kept_reason,
    retry_after_s,
)

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        pytest.param(204, WriteVerdict.WRITTEN, id="no content is success"),
        pytest.param(200, WriteVerdict.KEEP, id="a plain 200 is no answer of a store"),
        pytest.param(201, WriteVerdict.KEEP, id="nor is a 201"),
        pytest.param(413, WriteVerdict.SPLIT, id="too large is sent in halves"),
        pytest.param(400, WriteVerdict.REFUSE, id="a bad line is refused"),
        pytest.param(406, WriteVerdict.REFUSE, id="not acceptable is refused"),
        pytest.param(422, WriteVerdict.REFUSE, id="outside the retention is refused"),
        pytest.param(418, WriteVerdict.REFUSE, id="any other 4xx is refused"),
        pytest.param(401, WriteVerdict.KEEP, id="a wrong token can be put right"),
        pytest.param(403, WriteVerdict.KEEP, id="a missing permission can be put right"),
        pytest.param(404, WriteVerdict.KEEP, id="a missing bucket can be created"),
        pytest.param(405, WriteVerdict.KEEP, id="a wrong address can be put right"),
        pytest.param(408, WriteVerdict.KEEP, id="too slow is tried again"),
        pytest.param(429, WriteVerdict.KEEP, id="too many is tried again"),
        pytest.param(500, WriteVerdict.KEEP, id="a failing server is tried again"),
        pytest.param(503, WriteVerdict.KEEP, id="an unavailable server is tried again"),
        pytest.param(302, WriteVerdict.KEEP, id="what is not understood keeps the readings"),
    ],
)
def test_each_status_has_its_verdict(status: int, verdict: WriteVerdict) -> None:
    assert judge_reply(status) is verdict


@pytest.mark.parametrize(
    ("status", "text"),
    [
        pytest.param(
            400,
            '{"error":"partial write: points beyond retention policy dropped=5"}',
            id="InfluxDB 1.6.7, retention",
        ),
        pytest.param(
            400,
            '{"error":"partial write: unable to parse \'x\': missing field value dropped=0"}',
            id="InfluxDB 1.6.7, a line that it cannot read",
        ),
        pytest.param(
            422,
            '{"code":"unprocessable entity","message":"failure writing points to database: partial '
            'write: dropped 350 points outside retention policy of duration 72h0m0s dropped=350"}',
            id="InfluxDB 2.9.1, retention",
        ),
        pytest.param(
            400,
            '{"error":"partial write of line protocol occurred","data":[{"line_number":2}]}',
            id="InfluxDB 3",
        ),
    ],
)
def test_a_store_that_stored_the_rest_is_not_taken_to_have_refused_it(status: int, text: str) -> None:
    assert judge_reply(status, text) is WriteVerdict.PARTIAL


@pytest.mark.parametrize("status", [403, 404, 413, 429, 500, 503])
def test_a_status_about_something_else_is_no_partial_write(status: int) -> None:
    assert judge_reply(status, "partial write: dropped=1") is judge_reply(status)


def test_a_line_that_influxdb_2_cannot_read_refuses_the_whole_request() -> None:
    text = '{"code":"invalid","message":"unable to parse \'x\': missing field value"}'
    assert judge_reply(400, text) is WriteVerdict.REFUSE


@pytest.mark.parametrize("status", [200, 400, 406, 413, 418, 422, 503])
@pytest.mark.parametrize("text", ["<html>", "\n <!doctype html>", "\ufeff<!DOCTYPE HTML>", "<?xml"])
def test_a_page_is_never_the_word_of_a_store(status: int, text: str) -> None:
    assert judge_reply(status, text) is WriteVerdict.KEEP


@pytest.mark.parametrize(
    ("status", "text", "location", "said"),
    [
        (301, "", "https://a/", "301: redirected to https://a/; write the final address of the store"),
        (302, "", None, "302: redirected; write the final address of the store into store.url"),
        (200, "<p>", None, "200 with a page that no store gives to a write (204); correct store.url"),
        (200, "", None, "200 with an answer that no store gives"),
        (503, "busy", None, "503 busy"),
    ],
)
def test_a_kept_reply_names_its_remedy(status: int, text: str, location: str | None, said: str) -> None:
    assert kept_reason(status, text, location).startswith(said)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("0", 0.0),
        ("Mon, 23 Nov 2026 20:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 19:00:00 GMT", 0.0),
        ("86400", LONGEST_RETRY_AFTER_S),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_how_long_a_server_wants_to_be_left_alone(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds
