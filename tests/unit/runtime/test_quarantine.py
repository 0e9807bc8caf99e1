"""Requirements on where refused messages are set aside."""

import base64
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from contract.messages import MAX_PAYLOAD
from runtime.quarantine import REMEMBERED, Quarantine, QuarantineFull

START = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)


class Moment:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def records(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def put(quarantine: Quarantine, payload: bytes, source: str = "tocsin/v1/p/g/telemetry") -> None:
    quarantine.store_payload(source, payload, reason="not_json", detail="it is not")


def test_a_quarantined_payload_can_be_inspected_with_its_reason(tmp_path: Path) -> None:
    put(Quarantine(tmp_path, Moment(), CollectorRegistry()), b"\x00\xff")

    assert records(tmp_path) == [
        {
            "at": "2026-11-23T23:59:00+00:00",
            "source": "tocsin/v1/p/g/telemetry",
            "reason": "not_json",
            "detail": "it is not",
            "size": 2,
            "payload": base64.b64encode(b"\x00\xff").decode(),
        }
    ]


def test_a_message_that_comes_again_is_counted_and_not_written_again(tmp_path: Path) -> None:
    metrics = CollectorRegistry()
    quarantine = Quarantine(tmp_path, Moment(), metrics)
    for _ in range(5):
        put(quarantine, b"same")
    put(quarantine, b"same", source="another topic")

    assert len(records(tmp_path)) == 2
    assert metrics.get_sample_value("tocsin_quarantined_total", {"reason": "not_json"}) == 6


def test_a_payload_written_long_ago_may_be_written_again(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, Moment(), CollectorRegistry())
    put(quarantine, b"first")
    for number in range(REMEMBERED):
        quarantine._remember(str(number).encode())
    put(quarantine, b"first")

    assert len(records(tmp_path)) == 2


def test_each_day_has_its_file_and_old_days_are_forgotten(tmp_path: Path) -> None:
    moment = Moment()
    quarantine = Quarantine(tmp_path, moment, CollectorRegistry())
    for day in range(4):
        moment.now = START + timedelta(days=day)
        put(quarantine, str(day).encode())
    (tmp_path / "notes.txt").write_text("a person's")

    assert quarantine.delete_before(date(2026, 11, 25)) == 2
    assert [each["at"][:10] for each in records(tmp_path)] == ["2026-11-25", "2026-11-26"]
    assert (tmp_path / "notes.txt").exists()


def test_a_flood_does_not_fill_the_disk_and_is_refused(
    tmp_path: Path,
) -> None:
    moment = Moment()
    metrics = CollectorRegistry()
    quarantine = Quarantine(tmp_path, moment, metrics, most_bytes_a_day=1_000)
    for number in range(4):
        put(quarantine, str(number).encode())
    with pytest.raises(QuarantineFull):
        put(quarantine, b"x" * 500)

    assert len(records(tmp_path)) == 4
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 1_000
    assert metrics.get_sample_value("tocsin_quarantine_failed_total") == 1
    moment.now += timedelta(minutes=2)
    put(quarantine, b"the next day has room again")


def test_a_payload_larger_than_a_message_is_cut_and_has_its_size(tmp_path: Path) -> None:
    put(Quarantine(tmp_path, Moment(), CollectorRegistry()), b"x" * (MAX_PAYLOAD + 5))

    (record,) = records(tmp_path)
    assert record["size"] == MAX_PAYLOAD + 5
    assert len(base64.b64decode(record["payload"])) == MAX_PAYLOAD


def test_a_payload_for_a_missing_folder_raises_and_is_not_remembered_as_written(tmp_path: Path) -> None:
    folder = tmp_path / "quarantine"
    quarantine = Quarantine(folder, Moment(), CollectorRegistry())
    folder.rmdir()
    with pytest.raises(OSError, match="No such file"):
        put(quarantine, b"x")

    folder.mkdir()
    put(quarantine, b"x")
    assert len(records(folder)) == 1


def test_a_folder_that_cannot_be_made_refuses_each_payload_and_stops_nothing_else(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "quarantine"
    folder.write_text("a file")
    quarantine = Quarantine(folder, Moment(), CollectorRegistry())
    with pytest.raises(NotADirectoryError):
        put(quarantine, b"x")

    folder.unlink()
    folder.mkdir()
    put(quarantine, b"x")
    assert len(records(folder)) == 1
