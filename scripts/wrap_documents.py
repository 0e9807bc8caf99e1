"""Wrap paragraphs and lists of Markdown at 120 columns: wrap_documents.py [--check] FILE...

Tables, code, headings, pictures and HTML stay as they are. No span of code is broken, so that a command
can be searched for.
"""

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

WIDTH = 120

FENCE = re.compile(r"\s*(```|~~~)")
KEPT = re.compile(r"\||#|<|!\[|    |\t|$")
ITEM = re.compile(r"(\s*)([-*+]|\d+[.)])(\s+)")
MARKER = re.compile(r"([-*+]|\d+[.)]|#+|>|\|)( |$)")
CODE = re.compile(r"`[^`]*`")
GLUE = {" ": "\0", "-": "\1"}
"""Letters at which a span of code would be broken, and what stands for them meanwhile."""


def wrapped(text: str) -> str:
    """Return *text* with its paragraphs and lists wrapped."""
    return "\n".join(line for block in _blocks(text.split("\n")) for line in _lines(block))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Yield each paragraph and list item, and every other line alone."""
    block: list[str] = []
    in_fence = False
    for line in lines:
        is_fence = FENCE.match(line) is not None
        is_kept = in_fence or is_fence or _is_kept(line, block)
        if block and (is_kept or ITEM.match(line)):
            yield block
            block = []
        if is_kept:
            yield [line]
        else:
            block.append(line)
        in_fence ^= is_fence
    if block:
        yield block


def _is_kept(line: str, block: list[str]) -> bool:
    """Whether *line* is no part of a paragraph; one that is indented may go on an item of *block*."""
    goes_on = bool(block) and line.startswith("  ") and bool(line.strip())
    return not goes_on and KEPT.match(line) is not None


def _lines(block: list[str]) -> list[str]:
    item = ITEM.match(block[0])
    if len(block) == 1 and (FENCE.match(block[0]) or (KEPT.match(block[0]) and not item)):
        return block
    first = item[0] if item else ""
    text = " ".join(line.strip() for line in block)[len(first.strip()) :].strip()
    glued = CODE.sub(lambda span: _replaced(span[0], GLUE), text)
    return [
        _replaced(line, {glue: letter for letter, glue in GLUE.items()}) for line in _fill(glued, first)
    ]


def _fill(text: str, first: str) -> list[str]:
    """Return the lines of *text*; none begins like an item or a heading by accident."""
    indent = " " * len(first)
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for number in range(1, len(lines)):
        while MARKER.match(lines[number].strip()):
            kept, _, word = lines[number - 1].rpartition(" ")
            lines[number - 1], lines[number] = kept, f"{indent}{word} {lines[number].strip()}"
    return lines


def _replaced(text: str, letters: Mapping[str, str]) -> str:
    for letter, other in letters.items():
        text = text.replace(letter, other)
    return text


def main(arguments: list[str]) -> int:
    """Wrap the files, or with ``--check`` name those that are not, and return the exit code."""
    check, code = "--check" in arguments, 0
    for file in (Path(each) for each in arguments if each != "--check"):
        before = file.read_text()
        after = wrapped(before)
        if before.split() != after.split():
            sys.exit(f"{file}: cannot be wrapped without a change of its words; wrap it by hand")
        if check and before != after:
            code = 1
            print(f"{file}: not wrapped at {WIDTH} columns; run make format")
        elif before != after:
            file.write_text(after)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
