"""The sample of the first start is whole, and reaches nobody real."""

from pathlib import Path

from alerting.domain.decisions.training_points import training_points
from alerting.domain.model.training import is_for_training
from registry.domain.index import Index
from registry.files import read_registry
from registry.model.contacts import ChannelKind
from scripts.console_sample import edits

FOLDER = Path(__file__).parents[3] / "deploy" / "registry"
SAMPLE = read_registry([FOLDER / "areas-ca-mau.toml", FOLDER / "sample-huan-luyen.toml"])


def test_all_of_its_premises_are_there_to_learn_at_and_have_points_that_confirm_a_fire() -> None:
    assert SAMPLE.premises
    for each in SAMPLE.premises:
        assert is_for_training(each.id)
        assert len(training_points(Index(SAMPLE).points_of(each.id))) == 2


def test_its_people_have_addresses_that_can_be_nobodys() -> None:
    assert SAMPLE.contacts
    for each in SAMPLE.contacts:
        assert list(each.addresses) == [ChannelKind.WEBHOOK]
        assert ".invalid/" in each.addresses[ChannelKind.WEBHOOK]


def test_no_second_person_is_asked_for_it() -> None:
    assert (SAMPLE.policies, SAMPLE.rosters, SAMPLE.duty_rules) == ((), (), ())


def test_the_page_imports_all_of_it_in_edits_that_the_center_takes() -> None:
    parts = edits()
    rows = [(table, len(found)) for part in parts for table, found in part.items()]
    assert max(count for _, count in rows) <= 200
    for table in ("areas", "successions", "premises", "points", "positions", "procedures"):
        assert sum(count for name, count in rows if name == table) == len(getattr(SAMPLE, table))
