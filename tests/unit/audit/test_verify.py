"""The stand-alone verifier finds each change of an export, and names the first row that is wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis.strategies import (
    DataObject,
    DrawFn,
    booleans,
    composite,
    data,
    integers,
    lists,
    text,
    tuples,
)

from audit import verify
from audit.domain.block import Damage, block_after_damage
from audit.verify import NotAnExport, Verifier, Wrong, line_of, main
from tests.support.audited import History, a_key, fault_of, signed_end, verified

KEY = a_key()


def history(*blocks: tuple[str, ...], signed: bool = False) -> History:
    one = History(KEY)
    for texts in blocks:
        one.add_block(texts, signed=signed)
    return one


THREE = (("a", "b", "c"), ("d", "e"), ("f",))


@composite
def histories(draw: DrawFn) -> History:
    one = History(KEY)
    rows = lists(text(max_size=12), max_size=5)
    for texts, signed in draw(lists(tuples(rows, booleans()), min_size=1, max_size=5)):
        one.add_block(texts, signed=signed)
    return one


@given(histories())
def test_an_export_as_it_was_signed_is_whole(one: History) -> None:
    report = verified(one.exported())
    assert (report.last, report.hash) == (one.head.number, one.head.hash)


@given(histories(), data())
def test_any_line_changed_is_found(one: History, drawn: DataObject) -> None:
    lines = one.exported()
    place = drawn.draw(integers(0, len(lines) - 1))
    letter = drawn.draw(integers(0, len(lines[place]) - 1))
    changed = lines[place][:letter] + drawn.draw(text(max_size=2)) + lines[place][letter + 1 :]
    assume(changed != lines[place])
    lines[place] = changed
    with pytest.raises((Wrong, NotAnExport)):
        verified(lines)


@given(histories(), data())
def test_any_line_removed_is_found(one: History, drawn: DataObject) -> None:
    lines = one.exported()
    del lines[drawn.draw(integers(0, len(lines) - 1))]
    with pytest.raises((Wrong, NotAnExport)):
        verified(lines)


@given(histories(), data())
def test_any_two_lines_exchanged_are_found(one: History, drawn: DataObject) -> None:
    lines = one.exported()
    places = integers(0, len(lines) - 1)
    first, second = drawn.draw(places), drawn.draw(places)
    assume(lines[first] != lines[second])
    lines[first], lines[second] = lines[second], lines[first]
    with pytest.raises((Wrong, NotAnExport)):
        verified(lines)


@given(histories(), data())
def test_a_file_that_ends_anywhere_before_its_end_is_found(one: History, drawn: DataObject) -> None:
    lines = one.exported()
    with pytest.raises((Wrong, NotAnExport)):
        verified(lines[: drawn.draw(integers(0, len(lines) - 1))])


def wrong(lines: list[str]) -> tuple[str, int]:
    """The fault, and the number of the line that it is found at."""
    with pytest.raises(Wrong) as found:
        verified(lines)
    return found.value.fault, found.value.line


def test_a_changed_row_is_named_by_its_line() -> None:
    lines = history(*THREE).exported()
    assert lines[3].endswith('"text":"b"}}')
    lines[3] = lines[3].replace('"b"', '"x"')
    assert wrong(lines) == ("changed", 4)


def test_a_removed_row_is_named() -> None:
    lines = history(*THREE).exported()
    del lines[3]
    with pytest.raises(Wrong, match="timeline 2 of block 1 is missing") as found:
        verified(lines)
    assert found.value.fault == "removed"


def test_the_last_row_of_a_block_removed_is_named() -> None:
    lines = history(*THREE).exported()
    del lines[4]
    with pytest.raises(Wrong, match="timeline 3 of block 1 is missing"):
        verified(lines)


def test_two_rows_in_the_wrong_order_are_named() -> None:
    lines = history(*THREE).exported()
    lines[2], lines[3] = lines[3], lines[2]
    assert wrong(lines) == ("reordered", 3)


def test_a_row_that_no_block_lists_is_named() -> None:
    lines = history(*THREE).exported()
    lines.insert(3, line_of({"source": "timeline", "key": "99", "row": {"id": 99}}))
    assert wrong(lines) == ("inserted", 4)


def test_a_removed_block_is_named() -> None:
    lines = history(*THREE).exported()
    del lines[5:8]
    with pytest.raises(Wrong, match="block 3 stands where block 2 must be"):
        verified(lines)


def test_whoever_changes_a_row_and_its_hash_is_found_by_the_next_block() -> None:
    spoiled = history(("a", "x", "c")).lines
    lines = history(*THREE).exported()
    lines[1:5] = spoiled
    with pytest.raises(Wrong, match="block 1 is not the one that block 2 follows") as found:
        verified(lines)
    assert found.value.fault == "changed"


def test_a_history_made_anew_without_the_key_is_found() -> None:
    other = a_key(8)
    forged = History(other)
    forged.add_block(("a", "x", "c"))
    lines = forged.exported()
    lines[0] = lines[0].replace(other.public.hex(), KEY.public.hex())
    assert wrong(lines)[0] == "bad_signature"


def test_an_export_signed_with_another_key_than_the_known_one_is_found() -> None:
    lines = history(*THREE).exported()
    assert fault_of(lines, key=a_key(8).public.hex()) == "bad_signature"
    assert fault_of(lines, key=KEY.public.hex()) is None


def test_blocks_cut_off_below_a_signed_head_are_found() -> None:
    one = history(*THREE, signed=True)
    lines = one.exported()
    head = lines[-2]
    assert json.loads(head)["head"]["number"] == 3
    cut = [*lines[:-4], head]
    assert wrong([*cut, signed_end(cut, one.head, KEY)])[0] in {"truncated", "removed"}


def test_a_head_with_a_wrong_signature_is_named() -> None:
    lines = history(*THREE, signed=True).exported()
    place = next(number for number, line in enumerate(lines) if line.startswith('{"head"'))
    said = json.loads(lines[place])
    said["signature"] = a_key(8).sign(b"something")
    lines[place] = line_of(said)
    assert wrong(lines) == ("bad_signature", place + 1)


def test_a_history_that_differs_from_what_a_witness_has_is_found() -> None:
    lines = history(*THREE).exported()
    assert fault_of(lines, witness={2: "0" * 64}) == "witness"
    assert fault_of(lines, witness={3: history(*THREE).head.hash}) is None


def test_a_chain_that_began_anew_says_so() -> None:
    one = history(*THREE)
    block = block_after_damage(Damage("the last block was changed", 3), [], at=7)
    one.lines.append(block.line)
    one.head = block.head
    with pytest.raises(Wrong, match="began the chain anew at block 4") as found:
        verified(one.exported())
    assert found.value.fault == "broken"


def test_a_stub_without_a_signed_record_of_the_deletion_is_a_removed_row() -> None:
    one = history(*THREE)
    one.lines[2] = line_of({"stub": ["timeline", "2"]})
    assert wrong(one.exported())[0] == "removed"


@pytest.mark.parametrize(
    "content", [b"", b"hello\n", b"{}\n", b'{"block":1}\n', b"\xff\xfe\n", b"[]\n", b"7\n", b"[" * 9_999]
)
def test_a_file_that_is_no_export_is_refused_in_words(content: bytes) -> None:
    with pytest.raises((NotAnExport, Wrong)):
        Verifier().verify([content] if content else [])


@pytest.mark.parametrize("heads", ["[]", "7", "[" * 9_999, '{"head":7}', "nothing"])
def test_a_witness_that_cannot_be_read_is_no_wrong_export(
    tmp_path: Path, heads: str, capsys: pytest.CaptureFixture[str]
) -> None:
    export, witness = tmp_path / "export.jsonl", tmp_path / "heads.jsonl"
    export.write_text("".join(f"{line}\n" for line in history(*THREE).exported()))
    witness.write_text(heads)
    assert main(["--witness", str(witness), str(export)]) == 2
    assert "not the heads of a witness" in capsys.readouterr().err


def test_a_line_that_would_fill_the_memory_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "LONGEST_LINE", 1_000)
    export = tmp_path / "export.jsonl"
    export.write_text("x" * 2_000)
    assert main([str(export)]) == 2
