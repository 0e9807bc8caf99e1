"""Says the faults of the registry as a whole in a person's language.

The checks of a registry (``registry.domain``) write sentences, since whoever corrects a file reads them
so. A sentence is found again by its English text in the catalogue, whose places stand for names, numbers
and days; one that is not found stays English. A test holds the catalogue to the checks.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from string import Formatter

from registry.model.registry import TABLES
from registry.sheets.labels import table_label
from words.catalogue import Family, Words, family
from words.loading import catalogue


class Fault(StrEnum):
    """The kinds of faults that checks of a registry find."""

    ID_TAKEN = "id_taken"
    NOT_IN_TABLE = "not_in_table"
    OF_OTHER_PREMISES = "of_other_premises"
    NOT_OF_PREMISES = "not_of_premises"
    AREA_RING = "area_ring"
    POLICY_RING = "policy_ring"
    UNIT_RING = "unit_ring"
    CONFIRMS_ITSELF = "confirms_itself"
    CONFIRMS_ELSEWHERE = "confirms_elsewhere"
    FIGURE_OF_RULE = "figure_of_rule"
    SHORT_HOLD = "short_hold"
    SAME_TEMPLATE = "same_template"
    NO_STAGES = "no_stages"
    FIRST_STAGE_LATE = "first_stage_late"
    STAGE_OF_NOBODY = "stage_of_nobody"
    STAGES_DESCEND = "stages_descend"
    LONG_SILENCE = "long_silence"
    ENDS_TOO_EARLY = "ends_too_early"
    ROW_ENDS_TOO_EARLY = "row_ends_too_early"
    RULE_ENDS_TOO_EARLY = "rule_ends_too_early"
    SAME_CODE = "same_code"
    PARENT_NOT_IN_FORCE = "parent_not_in_force"
    PARENT_WITHOUT_SUCCESSOR = "parent_without_successor"
    TERRITORY_LOST = "territory_lost"
    SEVERAL_WHOLES = "several_wholes"
    ONLY_A_PART = "only_a_part"
    SUCCEEDS_ITSELF = "succeeds_itself"
    SUCCESSION_WITHOUT_END = "succession_without_end"
    SUCCESSION_OF_OTHER_DAY = "succession_of_other_day"
    SUCCESSION_GAP = "succession_gap"
    AREA_ENDED = "area_ended"
    TWO_MEMBERSHIPS = "two_memberships"
    CONTACT_OF_SAME_ID = "contact_of_same_id"
    RESERVED_ID = "reserved_id"
    FIRST_STAGE_WHEN = "first_stage_when"
    NONE_OF_CHANNELS = "none_of_channels"
    SHIFT_ENDS_EARLY = "shift_ends_early"
    SHIFT_OF_NOBODY = "shift_of_nobody"
    FEW_NUMBERS = "few_numbers"
    AREA_WITHOUT_TEAM = "area_without_team"
    AREA_WITHOUT_TEAM_ON = "area_without_team_on"
    CONTACT_WITHOUT_CHANNEL = "contact_without_channel"
    NOT_A_CONTACT = "not_a_contact"
    EXCHANGED = "exchanged"
    OUTSIDE_COUNTRY = "outside_country"
    HALF_PLACE = "half_place"
    IN_FUTURE = "in_future"
    NO_INTERVAL = "no_interval"
    TWO_INTERVALS = "two_intervals"
    EMPTY_INTERVAL = "empty_interval"
    ONCE_BY_OUTSIDE = "once_by_outside"
    DAY_TWICE = "day_twice"
    SHARE_OF_KIND = "share_of_kind"
    UNKNOWN_AREA_OF_GROUP = "unknown_area_of_group"
    TWO_KINDS = "two_kinds"
    SAME_DUTY = "same_duty"
    BUILDING_NOT_LISTED = "building_not_listed"
    LEVEL_TWICE = "level_twice"
    LEVEL_ABOVE = "level_above"
    LEVEL_BELOW = "level_below"
    TWO_POSITIONS = "two_positions"
    POSITION_OF_NOTHING = "position_of_nothing"
    POSITION_OF_TWO = "position_of_two"
    OUTLINE_OF_POINT = "outline_of_point"
    FEW_CORNERS = "few_corners"
    CORNER_OUTSIDE = "corner_outside"
    NOT_A_PHONE = "not_a_phone"
    TWO_TARGETS = "two_targets"
    SAME_ORDER = "same_order"
    SAME_COVERAGE = "same_coverage"
    UNIT_NOT_IN_FORCE = "unit_not_in_force"
    CHANNELS_NOT_SET_UP = "channels_not_set_up"
    SEVERAL_NOT_SET_UP = "several_not_set_up"
    STAGE_CHANNELS_NOT_SET_UP = "stage_channels_not_set_up"


class FaultPlace(StrEnum):
    """The parts of a row that a fault may be about, and rows that are named in words."""

    STAGE = "stage"
    SHIFT = "shift"
    EXCEPTION = "exception"
    PEOPLE = "people"
    TEAM = "team"
    CONTACT = "contact"
    POLICY = "policy"


FAULTS = family("fault", Fault)
PLACES = family("fault_place", FaultPlace)

_ROW = re.compile(r"(?P<table>\w+)(\[\d+\])? (?P<key>'[^']*')")
"""A row as checks name it: its table, its number in a file, its key."""


def fault_in_words(text: str, words: Words) -> str:
    """Return the fault *text*, a row and a sentence about it, in *words*."""
    where, mark, sentence = text.partition(": ")
    if words.language == "en" or not mark:
        return text
    return f"{_place(where, words)}: {_said(FAULTS, sentence, words) or sentence}"


def _place(where: str, words: Words) -> str:
    return _said(PLACES, where, words) or _row(where, words)


def _row(where: str, words: Words) -> str:
    found = _ROW.fullmatch(where)
    if found is None or found["table"] not in TABLES:
        return where
    return f"{table_label(found['table'], words)} {found['key']}"


def _said(kind: Family, sentence: str, words: Words) -> str | None:
    """Return *sentence*, one of *kind*, in *words*; None where it is none of them."""
    for member, pattern in _patterns(kind):
        if (found := pattern.fullmatch(sentence)) is not None:
            return words.name(kind, member, **_values(found.groupdict(), words))
    return None


def _values(found: Mapping[str, str], words: Words) -> dict[str, str]:
    """Return the values *found* in a sentence: rows and tables as people know them."""
    return {
        name: table_label(each, words) if name == "table" and each in TABLES else _row(each, words)
        for name, each in found.items()
    }


@cache
def _patterns(kind: Family) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the English sentences of *kind* as patterns, the most particular first."""
    return tuple(
        sorted(_english(kind), key=lambda each: -len(re.sub(r"\(\?P<.*?\)", "", each[1].pattern)))
    )


def _english(kind: Family) -> Iterator[tuple[str, re.Pattern[str]]]:
    messages = catalogue().words("en").messages
    for member in sorted(kind.members):
        yield member, re.compile(_pattern(messages[kind.key(member)].forms[0]), re.DOTALL)


def _pattern(english: str) -> str:
    parts = Formatter().parse(english)
    return "".join(re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name, *_ in parts)
