"""What the sentences of a serial line are guaranteed to survive (docs/protocol.md, 2).

- However the bytes are cut into reads, the same sentences come out, and the same damage, byte for
  byte; only noise may be reported in more than one piece.
- One flipped bit, anywhere in a sentence, and any truncation of it, costs that sentence and no
  other: nothing else is made of it, and its neighbours survive.
- A sentence that arrives whole is found, whatever came before it.
- Every byte is either part of a sentence or reported once as damage; under 128 bytes wait for more.
"""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sentences import MAX_SENTENCE, DamageCause, DamagedBytes, Decoder, Sentence, Status, encode
from tests.unit.contract.reference import crc16_ccitt_false, vectors

CANONICAL = [case.values[0]["bytes"].encode() for case in vectors("sentences.json", "canonical")]
LEFT = Sentence("left", 1, "smoke", 0.25, Status.NORMAL)
RIGHT = Sentence("right", 2, "temperature", -3.5, Status.NORMAL)

names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)
sentences = st.builds(
    Sentence,
    address=names,
    sequence=st.integers(0, 65_535),
    quantity=st.from_regex(r"[a-z][a-z0-9]{0,15}", fullmatch=True),
    value=st.none() | st.integers(-(10**15) + 1, 10**15 - 1).map(lambda millionths: millionths / 10**6),
    status=st.sampled_from(Status),
)
noises = st.binary(max_size=300)
# Bytes that come close to sentences: what a decoder stumbles over, if it stumbles at all.
streams = st.lists(
    st.one_of(
        sentences.map(encode),
        noises,
        st.sampled_from([b"$", b"$$", b"\n", b"\r\n", b"*", b"$TSR,", b"$" + b"0" * 130, b"x" * 200]),
        st.builds(lambda whole, cut: encode(whole)[:cut], sentences, st.integers(0, 60)),
    ),
    max_size=8,
).map(b"".join)
cuts = st.lists(st.integers(1, 70), max_size=40)


def pieces(data: bytes, sizes: list[int]) -> list[bytes]:
    parts = []
    for size in sizes:
        parts.append(data[:size])
        data = data[size:]
    return [*parts, data]


def found_in(data: bytes, sizes: list[int] | None = None) -> list[Sentence | DamagedBytes]:
    decoder = Decoder()
    return [each for piece in pieces(data, sizes or []) for each in decoder.decode_bytes(piece)]


def sentences_in(found: list[Sentence | DamagedBytes]) -> list[Sentence]:
    return [each for each in found if isinstance(each, Sentence)]


def damage_in(found: list[Sentence | DamagedBytes]) -> bytes:
    return b"".join(each.data for each in found if isinstance(each, DamagedBytes))


def noise_joined(found: list[Sentence | DamagedBytes]) -> list[Sentence | DamagedBytes]:
    joined: list[Sentence | DamagedBytes] = []
    for each in found:
        last = joined[-1] if joined else None
        if (
            isinstance(each, DamagedBytes)
            and isinstance(last, DamagedBytes)
            and each.cause == last.cause == DamageCause.NOISE
        ):
            joined[-1] = DamagedBytes(DamageCause.NOISE, last.data + each.data)
        else:
            joined.append(each)
    return joined


def flipped(data: bytes, *bits: int) -> bytes:
    changed = bytearray(data)
    for bit in bits:
        changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def expect_only_the_neighbours(remains: bytes) -> None:
    """Between two whole sentences, *remains* must be damage to the last byte, and no more than that."""
    found = found_in(encode(LEFT) + remains + encode(RIGHT))
    assert sentences_in(found) == [LEFT, RIGHT]
    assert damage_in(found) == remains


# Cut, joined, in pieces


@given(st.lists(sentences, max_size=8), cuts)
def test_every_sentence_arrives_however_the_bytes_are_split(
    sent: list[Sentence], sizes: list[int]
) -> None:
    assert found_in(b"".join(map(encode, sent)), sizes) == sent


@given(streams, cuts)
def test_any_cut_of_any_bytes_yields_the_same_sentences_and_the_same_damage(
    data: bytes, sizes: list[int]
) -> None:
    assert noise_joined(found_in(data, sizes)) == noise_joined(found_in(data))


@given(streams)
def test_one_byte_at_a_time_is_a_cut_like_any_other(data: bytes) -> None:
    assert noise_joined(found_in(data, [1] * len(data))) == noise_joined(found_in(data))


def test_two_sentences_in_one_read_are_two_sentences() -> None:
    assert found_in(encode(LEFT) + encode(RIGHT)) == [LEFT, RIGHT]


def test_one_sentence_in_two_reads_is_one_sentence() -> None:
    whole = encode(LEFT)
    for cut in range(1, len(whole)):
        decoder = Decoder()
        assert decoder.decode_bytes(whole[:cut]) == []
        assert decoder.decode_bytes(whole[cut:]) == [LEFT]


def test_bytes_count_even_if_the_result_is_ignored() -> None:
    decoder = Decoder()
    decoder.decode_bytes(encode(LEFT)[:10])
    assert decoder.decode_bytes(encode(LEFT)[10:]) == [LEFT]


# Damage


@pytest.mark.parametrize("whole", CANONICAL)
def test_no_flipped_bit_is_ever_taken_for_a_sentence_nor_costs_a_neighbour(whole: bytes) -> None:
    for bit in range(8 * len(whole)):
        expect_only_the_neighbours(flipped(whole, bit))
        assert sentences_in(found_in(flipped(whole, bit))) == []


@given(sentences, st.data())
def test_no_flipped_bit_of_any_sentence_is_taken_for_another(
    sentence: Sentence, data: st.DataObject
) -> None:
    whole = encode(sentence)
    expect_only_the_neighbours(flipped(whole, data.draw(st.integers(0, 8 * len(whole) - 1))))


@pytest.mark.parametrize("whole", CANONICAL[:3])
def test_no_two_flipped_bits_are_taken_for_a_sentence(whole: bytes) -> None:
    for first, second in combinations(range(8 * len(whole)), 2):
        assert sentences_in(Decoder().decode_bytes(flipped(whole, first, second))) == []


@pytest.mark.parametrize("whole", CANONICAL)
def test_no_truncation_is_ever_taken_for_a_sentence_nor_costs_a_neighbour(whole: bytes) -> None:
    for cut in range(1, len(whole)):
        expect_only_the_neighbours(whole[cut:])
        expect_only_the_neighbours(whole[:cut])


@given(sentences, st.data())
def test_no_truncation_of_any_sentence_is_taken_for_another(
    sentence: Sentence, data: st.DataObject
) -> None:
    whole = encode(sentence)
    cut = data.draw(st.integers(1, len(whole) - 1))
    expect_only_the_neighbours(whole[cut:])
    expect_only_the_neighbours(whole[:cut])


@given(sentences, st.data())
def test_damage_of_one_byte_is_never_taken_for_a_sentence(
    sentence: Sentence, data: st.DataObject
) -> None:
    whole = encode(sentence)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    found = found_in(whole[:place] + bytes([other]) + whole[place + 1 :] + encode(RIGHT))
    assert sentences_in(found) == [RIGHT]


@given(st.lists(st.tuples(noises, sentences), max_size=5), noises, cuts)
def test_noise_before_between_and_after_is_skipped_and_counted_byte_for_byte(
    sent: list[tuple[bytes, Sentence]], after: bytes, sizes: list[int]
) -> None:
    data = b"".join(noise + encode(sentence) for noise, sentence in sent) + after
    ended = data + b"\n"  # a line feed settles what is still waiting
    found = found_in(ended, sizes)
    assert sentences_in(found) == [sentence for _, sentence in sent]
    assert damage_in(found) == b"".join(noise for noise, _ in sent) + after + b"\n"


@given(streams, sentences)
def test_a_whole_sentence_is_found_after_any_bytes(before: bytes, sentence: Sentence) -> None:
    assert found_in(before + encode(sentence))[-1] == sentence


@given(streams, cuts)
def test_fewer_bytes_than_a_sentence_ever_wait(data: bytes, sizes: list[int]) -> None:
    decoder = Decoder()
    waiting = 0
    for piece in pieces(data, sizes):
        found = decoder.decode_bytes(piece)
        waiting += len(piece) - len(damage_in(found)) - sum(len(encode(s)) for s in sentences_in(found))
        assert 0 <= waiting < MAX_SENTENCE


@pytest.mark.parametrize("endless", [b"$", b"x", b"$x", b"\n", b"$" + b"0" * 126])
def test_a_line_that_never_ends_a_sentence_is_all_damage(endless: bytes) -> None:
    data = endless * (100_000 // len(endless))
    found = found_in(data, [4096] * 24)
    assert sentences_in(found) == []
    assert len(data) - len(damage_in(found)) < MAX_SENTENCE


# Writing


@given(sentences)
def test_a_sentence_carries_the_checksum_of_its_definition_and_fits(sentence: Sentence) -> None:
    whole = encode(sentence)
    body, _, end = whole.removeprefix(b"$").partition(b"*")
    assert end == b"%04X\r\n" % crc16_ccitt_false(body)
    assert len(whole) <= MAX_SENTENCE


@pytest.mark.parametrize("value", [0.0, -0.0, 1e-9, -1e-9])
def test_zero_is_written_in_one_way(value: float) -> None:
    assert encode(Sentence("a", 0, "smoke", value, Status.NORMAL)).startswith(
        b"$TSR,a,0,smoke,0,normal*"
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_is_written_to_six_decimals_or_refused(value: float) -> None:
    sentence = Sentence("a", 0, "smoke", value, Status.NORMAL)
    try:
        written = encode(sentence)
    except ValueError:
        assert abs(value) > 999_999_999.999
        return
    (read,) = Decoder().decode_bytes(written)
    assert isinstance(read, Sentence)
    assert read.value == round(value, 6)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"address": "Smoke"}, "'Smoke' is no address"),
        ({"address": "a\n"}, "is no address"),
        ({"address": ""}, "'' is no address"),
        ({"address": "a" * 64}, "is no address"),
        ({"sequence": -1}, "sequence -1"),
        ({"sequence": 65_536}, "sequence 65536"),
        ({"quantity": "1smoke"}, "'1smoke' is no quantity"),
        ({"quantity": "q" * 17}, "is no quantity"),
        ({"value": 1e9}, "does not fit"),
        ({"value": -1e9}, "does not fit"),
        ({"value": 999_999_999.9999999}, "does not fit"),
        ({"value": float("nan")}, "does not fit"),
        ({"value": float("-inf")}, "does not fit"),
    ],
)
def test_a_sentence_that_cannot_be_encoded_is_refused_by_its_field(
    change: dict[str, object], says: str
) -> None:
    fields = {"address": "a", "sequence": 0, "quantity": "smoke", "value": 1.0, "status": Status.NORMAL}
    with pytest.raises(ValueError, match=says):
        encode(Sentence(**{**fields, **change}))  # type: ignore[arg-type]
