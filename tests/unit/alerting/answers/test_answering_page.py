"""The page for people who answer names every answer, every fate, and words that are read so."""

import re
from pathlib import Path

from alerting.domain.answers.judging import ReplyFate
from alerting.domain.answers.reply_help import WITHOUT_HELP
from alerting.domain.answers.reply_text import read_reply
from contract.answers import AnswerKind

PAGE = (Path(__file__).parents[4] / "docs" / "answering.md").read_text(encoding="utf-8")
OF_ROW = {
    "seen": AnswerKind.SEEN,
    "take": AnswerKind.TAKEN,
    "real": AnswerKind.REAL,
    "false alarm": AnswerKind.FALSE,
    "being checked": AnswerKind.CHECKING,
    "being evacuated": AnswerKind.EVACUATING,
    "people inside": AnswerKind.PEOPLE_INSIDE,
}


def rows_of(section: str) -> list[list[str]]:
    body = PAGE.partition(f"## {section}")[2].partition("\n## ")[0]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_each_answer_stands_there_with_words_that_are_read_so() -> None:
    rows = {row[2].split("**")[1]: row for row in rows_of("Answer a short message")}
    assert set(rows) == set(OF_ROW)
    for name, row in rows.items():
        for words in re.findall(r"`([^`]+)`", row[0] + row[1]):
            assert read_reply(words).kind is OF_ROW[name], words


def test_each_fate_stands_there_and_whether_it_is_answered() -> None:
    rows = {row[0].strip("`"): row for row in rows_of("What becomes of a reply")}
    assert set(rows) == {each.value for each in ReplyFate}
    for fate in ReplyFate:
        assert rows[fate.value][2].startswith("no" if fate in WITHOUT_HELP else "yes")
