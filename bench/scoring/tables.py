"""The score as the tables of docs/detection.md."""

from collections.abc import Iterator, Sequence
from typing import Any


def tables(score: dict[str, Any]) -> str:
    """All tables, in Markdown, each below its title."""
    parts = {
        "Furnished burns": _fsri(score["fsri"]),
        "Home fires": _nist(score["nist"]),
        "Quiet rooms": _quiet(score),
        "Spikes": _spikes(score["spikes"]),
        "Faulty sensors, made from sound ones": _sensor_faults(score["sensor_faults"]),
        "White noise": _noise(score["noise"]),
        "Short scales": _scales(score["scales"]),
        "Rhythms": _rhythms(score["rhythms"]),
        "Broken sensors": _faulty_sensors(score["faulty_sensors"]),
    }
    return "\n\n".join(f"**{title}**\n\n" + "\n".join(rows) for title, rows in parts.items())


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    yield _row(heads)
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield _row([_cell(each) for each in row])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: Any) -> str:
    match value:
        case None:
            return "never"
        case float():
            return f"{value:.3g}"
        case _:
            return str(value)


def _fsri(groups: dict[str, dict[str, Any]]) -> Iterator[str]:
    heads = [
        "burns",
        "number",
        "alarmed",
        "confirmed",
        "first alarm, median / 95 %",
        "confirmed, median / 95 %",
        "point behind 57 degC, median / 95 % / longest",
        "false alarms before ignition",
        "faults",
    ]
    rows = [
        (
            name,
            each["fires"],
            _percent(each["detection_rate"]),
            _percent(each["confirmation_rate"]),
            _seconds(each["alarm_p50_s"], each["alarm_p95_s"]),
            _seconds(each["confirmed_p50_s"], each["confirmed_p95_s"]),
            _seconds(each["delay_p50_s"], each["delay_p95_s"], each["delay_longest_s"]),
            each["false_alarms"],
            each["faults"],
        )
        for name, each in groups.items()
    ]
    return _table(heads, rows)


def _nist(fires: list[dict[str, Any]]) -> Iterator[str]:
    heads = [
        "fire",
        "half",
        "smoke alone: alarm / type B",
        "each quantity apart: alarm / type B",
        "together: alarm / type B",
        "together, first by",
        "commercial alarms: first / median / last",
    ]
    rows = [
        (
            each["name"],
            each["half"],
            *(
                _seconds(each[f"{way}_alarm_s"], each[f"{way}_confirmed_s"])
                for way in ("smoke", "apart", "together")
            ),
            each["together_first_by"],
            _seconds(*(each[f"commercial_{which}_s"] for which in ("first", "median", "last"))),
        )
        for each in fires
    ]
    return _table(heads, rows)


def _quiet(score: dict[str, Any]) -> Iterator[str]:
    sets = {"offices": "keti", "devices, apart": "mqtt_apart", "devices, together": "mqtt_together"}
    heads = [
        "rooms",
        "half",
        "number",
        "point-days",
        "false alarms",
        "a day, 95 % interval",
        "false confirmations, type B",
        "in fault, but for gaps",
    ]
    rows = [
        (
            name,
            part,
            each["recordings"],
            each["point_days"],
            each["false_alarms"],
            " to ".join(_cell(limit) for limit in each["false_alarms_per_point_day_95"]),
            each["false_confirmations_type_b"],
            ", ".join(each["in_fault_but_for_gaps"]) or "none",
        )
        for name, key in sets.items()
        for part, each in score[key].items()
    ]
    return _table(heads, rows)


def _spikes(spikes: dict[str, dict[str, int]]) -> Iterator[str]:
    heads = ["rooms", "single-sample spikes of 10 K or more", "alarms", "pre-alarms"]
    rows = [(name, *each.values()) for name, each in spikes.items()]
    return _table(heads, rows)


def _sensor_faults(faults: dict[str, dict[str, Any]]) -> Iterator[str]:
    heads = [
        "the sensor",
        "sensors",
        "found",
        "false alarms",
        "burns after that",
        "confirmed",
        "later than by sound ones, median / longest",
    ]
    rows = [
        (
            name,
            each["sensors"],
            f"{each['found']} of {each['to_be_found']}",
            each["false_alarms"],
            each["burns_after"],
            each["burns_confirmed"],
            _seconds(each["later_p50_s"], each["latest_s"]),
        )
        for name, each in faults.items()
    ]
    return _table(heads, rows)


def _noise(noise: list[dict[str, Any]]) -> Iterator[str]:
    heads = ["white noise, K", "sensors of 600 samples", "in alarm", "at the latest in sample"]
    rows = [
        (each["noise_k"], each["sensors"], each["alarmed"], each["last_sample"] or "-") for each in noise
    ]
    return _table(heads, rows)


def _scales(scales: list[dict[str, Any]]) -> Iterator[str]:
    heads = [
        "element",
        "the scale ends at, degC",
        "points beyond 57 degC",
        "alarmed",
        "taken for railed",
        "burns",
        "confirmed",
    ]
    return _table(heads, [tuple(each.values()) for each in scales])


def _rhythms(rhythms: list[dict[str, Any]]) -> Iterator[str]:
    heads = [
        "a sample every",
        "burns alarmed",
        "behind 57 degC in two samples, median / worst",
        "points in fire",
        "never alarmed",
        "point behind, median / worst",
        "false alarms before ignition",
        "faults before / after the alarm",
        "quiet rooms",
        "pre-alarms",
        "false alarms",
        "in fault, but for gaps",
    ]
    rows = [
        (
            f"{each['every_s']:g} s",
            f"{each['alarmed']} of {each['burns']}",
            _seconds(each["behind_p50_s"], each["behind_worst_s"]),
            each["points_in_fire"],
            each["points_never_alarmed"],
            _seconds(each["point_behind_p50_s"], each["point_behind_worst_s"]),
            each["false_alarms_before_ignition"],
            f"{each['faults_before_alarm']} / {each['faults_after_alarm']}",
            each["rooms"],
            each["false_prealarms"],
            each["false_alarms"],
            ", ".join(each["in_fault_but_for_gaps"]) or "none",
        )
        for each in rhythms
    ]
    return _table(heads, rows)


def _faulty_sensors(rhythms: list[dict[str, Any]]) -> Iterator[str]:
    heads = ["the sensor", *(f"found at a sample every {each['every_s']:g} s" for each in rhythms)]
    kinds = [[name, *(each["found_by_kind"][name] for each in rhythms)] for name in _kinds(rhythms)]
    outcomes = [
        [f"**all: {what}**", *(each["outcomes"][what] for each in rhythms)]
        for what in rhythms[0]["outcomes"]
    ]
    sensors = ["**all: sensors**", *(each["sensors"] for each in rhythms)]
    recall = ["**fault recall**", *(f"{each['fault_recall'] * 100:.1f} %" for each in rhythms)]
    return _table(heads, [*kinds, sensors, *outcomes, recall])


def _kinds(rhythms: list[dict[str, Any]]) -> list[str]:
    return list(rhythms[0]["found_by_kind"])


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.0f} %"


def _seconds(*times: float | None) -> str:
    return " / ".join(_cell(each) for each in times) + " s"
