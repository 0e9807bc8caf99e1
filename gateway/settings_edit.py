"""Change the entry of one point in a file of settings, and nothing else: comments and order stay."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

_POINT = re.compile(r"^\s*\[\[\s*points\s*\]\]\s*(#.*)?$")
_TABLE = re.compile(r"^\s*\[")


class NotEditable(ValueError):
    """A file that cannot be changed safely by a program; the text says what to do by hand."""


def with_point_changed(written: str, name: str, changes: Mapping[str, str]) -> str:
    """Return *written* with *changes* (keys, and values as TOML) in the entry of the point *name*.

    The result is read again and compared, so that whatever form the file has, exactly these keys of this
    point differ; raises NotEditable where that cannot be had.
    """
    before = tomllib.loads(written)
    names = [each.get("name") for each in before.get("points", [])]
    if name not in names:
        raise NotEditable(f"point {name!r} is not in the file; name one of its [[points]]")
    number = names.index(name)
    lines = written.splitlines(keepends=True)
    starts = [place for place, line in enumerate(lines) if _POINT.match(line)]
    by_hand = "change the entry by hand: " + ", ".join(
        f"{key} = {value}" for key, value in changes.items()
    )
    if len(starts) != len(names):
        raise NotEditable(f"the entry of point {name!r} is not a [[points]] table of its own; {by_hand}")
    changed = "".join(_with_keys(lines, starts[number], changes))
    try:
        after = tomllib.loads(changed)
    except tomllib.TOMLDecodeError as error:
        raise NotEditable(f"the entry of point {name!r} has an unusual form; {by_hand}") from error
    if after != _expected(before, number, changes):
        raise NotEditable(f"the entry of point {name!r} has an unusual form; {by_hand}")
    return changed


def _expected(before: dict[str, Any], number: int, changes: Mapping[str, str]) -> dict[str, Any]:
    values = {key: tomllib.loads(f"{key} = {value}")[key] for key, value in changes.items()}
    points = list(before["points"])
    points[number] = {**points[number], **values}
    return {**before, "points": points}


def _with_keys(lines: list[str], start: int, changes: Mapping[str, str]) -> list[str]:
    """Return *lines* with the keys of the table at *start* set; new ones follow its last key."""
    end = next((p for p in range(start + 1, len(lines)) if _TABLE.match(lines[p])), len(lines))
    changed, missing, last = list(lines), dict(changes), start
    for place in range(start + 1, end):
        key, is_set, _ = lines[place].partition("=")
        if not is_set or key.lstrip().startswith("#"):
            continue
        last = place
        if (value := missing.pop(key.strip(), None)) is not None:
            changed[place] = f"{key.rstrip()} = {value}{_remark(lines[place])}"
    if not changed[last].endswith("\n"):
        changed[last] += "\n"
    indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
    changed[last + 1 : last + 1] = [f"{indent}{key} = {value}\n" for key, value in missing.items()]
    return changed


def _remark(line: str) -> str:
    """Return the comment behind a value, with the end of the line; none inside of quotes."""
    found = re.search(r"""\s*#[^"']*$""", line.rstrip("\r\n"))
    end = line[len(line.rstrip("\r\n")) :]
    return (found[0] if found else "") + end
