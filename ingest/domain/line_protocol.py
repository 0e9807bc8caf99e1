"""Readings and signals as lines of InfluxDB's line protocol, times in microseconds.

A reading is ``reading,premises=..,gateway=..,point=..,quantity=.. value=<float> <t>``; a signal is
``signal,premises=..,gateway=..,kind=..,edge=..,scope=..,name=.. seq=..i,epoch="..",reason="..",.. <t>``.
A marker, the first and the last line of a request, is
``tocsin_marker,writer=..,edge=head|tail number=<float> <t>``.
Names hold nothing that the line protocol would want escaped; only the free texts of a signal do.
"""

from collections.abc import Sequence

import msgspec

from contract.ids import StreamKey
from contract.messages import Series, Signal
from ingest.domain.batches import Batch, Mark, SignalCopy

MARKER = "tocsin_marker"
"""The measurement of the markers."""

EDGES = frozenset({"head", "tail"})
"""Places of a marker in a request. Both must come back: a body that was cut loses one of them."""

_encoder = msgspec.json.Encoder()


def encode_batch(batch: Batch) -> bytes:
    """Return the readings of *batch*, one a line, without a last line feed."""
    return b"\n".join([_encode_series(batch.id.stream, each) for each in batch.series if each.t])


def _encode_series(stream: StreamKey, series: Series) -> bytes:
    head = (
        f"reading,premises={stream.premises},gateway={stream.gateway},"
        f"point={series.point},quantity={series.quantity} value="
    ).encode()
    # "[[0.02,17],[0.03,18]]" becomes lines by three replacements in C: 0.2 us a reading, where
    # formatting each line in Python takes 0.5.
    pairs = _encoder.encode(list(zip(series.v, series.t, strict=True)))
    rows = pairs[2:-2].replace(b"],[", b"\n").replace(b",", b" ")
    return head + rows.replace(b"\n", b"\n" + head)


def encode_marked(lines: bytes, mark: Mark, *, writer: str) -> bytes:
    """Return *lines* between the two lines of *mark*."""
    return join_marked([lines] if lines else [], mark, writer=writer)


def join_marked(parts: Sequence[bytes], mark: Mark, *, writer: str) -> bytes:
    """Return the lines of all *parts* between the two lines of *mark*, copied once."""
    head, tail = (
        f"{MARKER},writer={writer},edge={edge} number={mark.number} {mark.at}".encode()
        for edge in ("head", "tail")
    )
    return b"\n".join([head, *parts, tail])


def encode_signals(copy: SignalCopy) -> bytes:
    """Return the signals of *copy*, one a line, each at the time when its thing changed."""
    return "\n".join([_signal(copy, each) for each in copy.signals]).encode()


def _signal(copy: SignalCopy, signal: Signal) -> str:
    tags = (
        f"signal,premises={copy.premises},gateway={copy.gateway},kind={signal.kind},"
        f"edge={signal.edge},scope={signal.scope},name={signal.name}"
    )
    fields = [
        f"seq={signal.seq}i",
        f"epoch={_quoted(copy.epoch)}",
        f"reason={_quoted(signal.reason)}",
        f"committed_at={signal.committed_at}i",
    ]
    if signal.quantity is not None:
        fields.append(f"quantity={_quoted(signal.quantity)}")
    if signal.value is not None:
        fields.append(f"value={signal.value!r}")
    return f"{tags} {','.join(fields)} {signal.changed_at}"


def _quoted(text: str) -> str:
    # A line feed within a string field is allowed by InfluxDB and breaks most others: a space will do.
    flat = " ".join(text.splitlines())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'
