"""A mistake in a TOML file is found again: each key has its line, each entry its name."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.toml_files import BadToml, Place, TomlFile, name_at, read_toml_file, shown

TEXT = '''\
a = """
x = 1
[no]
"""
b = [ # ]
  1,
  "]",
]
[[points]]
name="x"
[points.sub]
k={ a = [1,2], b = "}" }
[[points]]
"q.r".s = 'it''s'
[[points.events]]
z=1
[[points.events]] # the second
z=1
[ deep . er ]
x = 3
'''.replace("'it''s'", "'its'")


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("a",), 1),
        (("b",), 5),
        (("points", 0), 9),
        (("points", 0, "name"), 10),
        (("points", 0, "sub", "k"), 12),
        (("points", 1, "q.r", "s"), 14),
        (("points", 1, "events", 1, "z"), 18),
        (("deep", "er", "x"), 20),
        (("b", 2), 5),
        (("points", 1, "missing"), 13),
        (("x",), None),
        (("no",), None),
    ],
)
def test_a_key_is_found_on_its_line(place: Place, line: int | None) -> None:
    assert TomlFile(tomllib.loads(TEXT), TEXT).line(place) == line


def test_entries_are_counted_as_people_count() -> None:
    assert shown(("points", 1, "kind")) == "points[2].kind"
    assert shown(("broker", "port")) == "broker.port"
    assert shown(()) == ""


def test_an_entry_is_known_by_its_name_its_id_or_its_address() -> None:
    content = {"points": [{"name": "khoi-01", "kind": 1}, {"address": "bep"}, {"id": 3}, "none"]}
    names = [name_at(content, ("points", number, "kind")) for number in range(5)]
    assert names == ["khoi-01", "bep", None, None, None]
    assert name_at(content, ("broker", "port")) is None


def test_a_file_that_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("a = 1\nb =\n")
    with pytest.raises(BadToml, match=r"x\.toml: .*line 2"):
        read_toml_file(file)


keys = st.text("ab-_1", min_size=1, max_size=3) | st.just('"x y"') | st.just("'z.z'")
values = st.sampled_from(
    [
        "1",
        '"]"',
        "'['",
        "[1, [2],\n 3]",
        '"""\n[t]\nk = 1"""',
        "'''\n# no'''",
        "{ a = 1 } # c = 2",
        '"\\""',
    ]
)
lines = st.lists(
    st.builds("{} = {}".format, keys, values)
    | st.builds("[{}]".format, keys)
    | st.builds("[[{}]]".format, keys)
    | st.sampled_from(["", "# k = 1", "  # [t]"]),
    max_size=12,
)


@given(lines)
def test_each_key_of_any_file_begins_on_the_line_that_is_named(written: list[str]) -> None:
    text = "\n".join(written)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    file, rows = TomlFile(content, text), text.split("\n")
    for key, value in content.items():
        line = file.line((key,))
        if line is None:  # a list of tables has the lines of its entries
            assert isinstance(value, list)
            line = file.line((key, 0))
        assert line is not None
        assert key.split(".")[0].strip("'\"")[0] in rows[line - 1]


@given(st.text(max_size=40))
def test_no_text_breaks_the_search_for_lines(text: str) -> None:
    assert TomlFile({}, text).line(("a",)) in {None, *range(1, text.count("\n") + 2)}
