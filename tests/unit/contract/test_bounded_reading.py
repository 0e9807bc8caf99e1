"""Bytes that anybody sends cost a bounded number of steps to read, whatever their shape."""

import json
import os
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.crowds import MOST_PARTS
from contract.duplicate_fields import duplicate_fields
from contract.messages import MAX_PAYLOAD, BadMessage, decode_alarm
from contract.recovered_fires import recover_fires, recover_fires_of_signal
from tests.support.work import steps_of

MOST_STEPS = 10 * MOST_PARTS
"""Steps for a message of 1 MB: some 20 ms. One for each byte would be five times as many."""


def filled(begin: bytes, again: bytes, end: bytes) -> bytes:
    """Return 1 MB that repeats *again*."""
    times = (MAX_PAYLOAD - 200 - len(begin) - len(end)) // len(again)
    return begin + again * times + end


RESTORED_IN_TEXT = json.dumps('{"kind":"fire","edge":"restored"}').encode()
NAMED = [b'{"kind":"fire","name":"p%d"}' % number for number in range(30_000)]

SHAPES = {
    "words in a list": filled(b"[", b'"fire",', b"1]"),
    "texts in a list": filled(b"[", b'"kind_and_fire",', b"1]"),
    "fires in texts": filled(b"[", RESTORED_IN_TEXT + b",", b"1]"),
    "a field again and again": filled(b"{", b'"kind":"fire",', b'"x":1}'),
    "a field twice and a crowd": filled(b'{"kind":"fire","kind":"fault","x":[', b'{"a":1},', b"1]}"),
    "objects": filled(b'["fire",', b'{"a":1},', b"1]"),
    "empty objects": filled(b'["fire",', b"{},", b"1]"),
    "lists in lists": filled(b'["fire",', b"[[]],", b"1]"),
    "restored fires": filled(b"[", b'{"kind":"fire","edge":"restored"},', b"1]"),
    "fires": filled(b"[", b'{"kind":"fire"},', b"1]"),
    "fires of other names": b"[" + b",".join(NAMED) + b"]",
    "numbers of many digits": filled(b'["fire",', b"9" * 4_300 + b",", b"1]"),
    "one number": filled(b'["fire",', b"9", b"]"),
    "nesting": filled(b'{"kind":"fire","x":', b"[", b""),
    "nested objects": filled(b'{"kind":"fire","x":', b'{"a":', b""),
    "fires that end nowhere": filled(b"", b'{"kind":"fire"', b""),
    "restored ones that end nowhere": filled(b"", b'{"kind":"fire","edge":"restored"', b""),
    "quotes": filled(b"fire", b"\"'\\", b""),
    "backslashes": filled(b'{"kind":"fire","name":"', b"\\", b'"'),
    "escapes": filled(b'["', b"\\u0066", b'"]'),
    "blanks in a name": filled(b'{"kind":"fire","name":"', b" ", b""),
    "blanks before a colon": filled(b'{"kind":"fire","name"', b" ", b":"),
    "blanks in a kind": filled(b'{"kind":"', b" ", b'fire","kind":"fire"'),
    "blanks before a name": filled(b'{"kind":"fire","name":', b" ", b""),
    "a name without an end": filled(b'{"kind":"fire","name":"', b"a", b""),
    "a long name": filled(b'{"kind":"fire","name":"', b"a", b'"}'),
    "no UTF-8": filled(b'{"kind":"fire","x":"', b"\xff", b'"}'),
    "zero bytes": filled(b'{"kind":"fire"', b"\0", b"}"),
    "noise": os.urandom(MAX_PAYLOAD // 2) + b'{"kind":"fire"}',
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("read", [recover_fires, recover_fires_of_signal, duplicate_fields])
def test_a_text_of_any_shape_is_read_in_a_bounded_number_of_steps(
    shape: str, read: Callable[[bytes], object]
) -> None:
    assert steps_of(lambda: read(SHAPES[shape])) < MOST_STEPS


@pytest.mark.parametrize("shape", SHAPES)
def test_a_signal_of_any_shape_is_decoded_in_few_steps(shape: str) -> None:
    message = b'{"v":1,"epoch":"e","floor":1,"signals":[' + SHAPES[shape] + b"]}"

    def read() -> None:
        try:
            decode_alarm(message)
        except BadMessage:
            return

    assert steps_of(read) < 1_000


@settings(max_examples=50)
@given(st.text(alphabet="\"'\\{}[],: \nkindfireameu06", min_size=1, max_size=12), st.booleans())
def test_no_repeated_piece_costs_more_steps_than_the_bound(piece: str, in_object: bool) -> None:
    begin = b'{"kind":"fire","name":"' if in_object else b"fire"
    text = filled(begin, piece.encode(), b"")
    assert steps_of(lambda: recover_fires(text)) < MOST_STEPS


@pytest.mark.parametrize("shape", ["objects", "texts in a list", "words in a list", "lists in lists"])
@pytest.mark.parametrize("word", ["fire", "FIRE", "\\u0066ire"])
def test_a_fire_behind_a_crowd_is_found(shape: str, word: str) -> None:
    text = SHAPES[shape][:-2] + b'{"kind":"%s","name":"smoke-01"}]' % word.encode()
    (fire,) = recover_fires(text)
    assert fire.name == "smoke-01"


@pytest.mark.parametrize(
    "more",
    [b'"x":' + b"9" * 5_000, b'"x":' + b"[" * 980 + b"]" * 980, b'"\\u006bind":"fault"'],
    ids=["a number of many digits", "nesting", "an escaped field"],
)
def test_no_other_field_hides_one_that_is_written_twice(more: bytes) -> None:
    fire = b'{"kind":"fire","edge":"raised","scope":"point","name":"smoke-01",%b,"kind":"fault"}' % more
    assert "kind" in duplicate_fields(fire)
    (found,) = recover_fires_of_signal(fire)
    assert found.name == "smoke-01"
