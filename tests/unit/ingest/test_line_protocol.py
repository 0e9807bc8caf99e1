"""Requirements on the lines that go to InfluxDB."""

import re
import string

from hypothesis import example, given
from hypothesis import strategies as st

from contract.ids import StreamKey
from contract.messages import Edge, Kind, Scope, Series, Signal, decode_telemetry, encode
from contract.names import is_name
from ingest.domain.batches import Batch, BatchId, SignalCopy
from ingest.domain.line_protocol import encode_batch, encode_signals

T = 1_795_464_785_581_514

names = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=63).filter(is_name)
times = st.integers(0, 2**53)
values = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def series(draw: st.DrawFn) -> Series:
    rows = draw(st.dictionaries(times, values, max_size=20))
    return Series(
        point=draw(names), quantity=draw(names), t=list(rows), v=[float(v) for v in rows.values()]
    )


def batch(*parts: Series) -> Batch:
    return Batch(BatchId(StreamKey("cho-an-binh", "gw-1", "e"), 1, 1, "d"), parts)


LINE = re.compile(
    r"reading,premises=([^,= ]+),gateway=([^,= ]+),point=([^,= ]+),quantity=([^,= ]+) "
    r"value=([^,= ]+) (\d+)"
)


def test_a_reading_is_one_line_with_microseconds() -> None:
    one = Series(point="smoke-01", quantity="smoke", t=[T, T + 1], v=[0.02, 3.0])

    assert encode_batch(batch(one)).decode().split("\n") == [
        f"reading,premises=cho-an-binh,gateway=gw-1,point=smoke-01,quantity=smoke value=0.02 {T}",
        f"reading,premises=cho-an-binh,gateway=gw-1,point=smoke-01,quantity=smoke value=3.0 {T + 1}",
    ]


def test_a_batch_without_readings_is_no_line() -> None:
    assert encode_batch(batch()) == b""
    assert encode_batch(batch(Series(point="p", quantity="q", t=[], v=[]))) == b""


@given(st.lists(series(), max_size=5))
def test_each_reading_can_be_read_back_from_its_line(parts: list[Series]) -> None:
    text = encode_batch(batch(*parts)).decode()
    found = [LINE.fullmatch(line) for line in text.split("\n")] if text else []
    rows = [(match[3], match[4], float(match[5]), int(match[6])) for match in found if match is not None]

    assert None not in found
    assert rows == [
        (each.point, each.quantity, v, t) for each in parts for t, v in zip(each.t, each.v, strict=True)
    ]


@given(st.builds(str.__add__, names, st.text(string.printable, max_size=2)))
@example("p\n")
def test_no_name_that_the_wire_lets_through_needs_escaping(name: str) -> None:
    template = encode(
        {"v": 1, "epoch": "e", "floor": 1, "seq": 1, "series": [_as_wire(name)]}  # type: ignore[arg-type]
    )
    try:
        message = decode_telemetry(template)
    except ValueError:
        return
    (line,) = encode_batch(batch(*message.series)).decode().split("\n")

    assert LINE.fullmatch(line)


def _as_wire(name: str) -> dict[str, object]:
    return {"point": name, "quantity": name, "t": [1], "v": [1.0]}


def signal(reason: str, value: float | None = 0.31) -> Signal:
    return Signal(
        seq=412,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name="smoke-01",
        reason=reason,
        quantity="smoke" if value is not None else None,
        value=value,
        changed_at=T,
        committed_at=T + 586,
    )


def test_a_signal_is_one_line_at_the_time_when_its_thing_changed() -> None:
    line = encode_signals(
        SignalCopy("cho-an-binh", "gw-1", "9f86", (signal("smoke_above_alarm"),))
    ).decode()

    assert line == (
        "signal,premises=cho-an-binh,gateway=gw-1,kind=fire,edge=raised,scope=point,name=smoke-01 "
        f'seq=412i,epoch="9f86",reason="smoke_above_alarm",committed_at={T + 586}i,quantity="smoke",'
        f"value=0.31 {T}"
    )


@given(st.text(max_size=50))
def test_no_text_of_a_signal_breaks_its_line(reason: str) -> None:
    line = encode_signals(SignalCopy("p", "g", "e", (signal(reason, None),))).decode()
    quoted = re.search(r'reason="((?:[^"\\]|\\.)*)",committed_at=\d+i \d+$', line)

    assert "\n" not in line
    assert quoted is not None
    assert re.sub(r"\\(.)", r"\1", quoted[1]) == " ".join(reason.splitlines())
