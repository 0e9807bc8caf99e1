"""Each connector has a corpus, and makes of it what is written there, however its bytes are cut."""

import tomllib
from importlib.resources import files

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.connector_check import BadConnector, corpus_of, named, profiles_of, refuse_untried
from gateway.domain.connectors.all_connectors import MODULES, connector_named
from gateway.domain.connectors.connector import Conversation
from gateway.domain.connectors.corpus import BadCorpus, Case, differences, read_corpus
from gateway.domain.connectors.events import DamagedFrame, Reset, Send, Told

every_connector = pytest.mark.parametrize("name", MODULES)


@every_connector
def test_a_connector_understands_its_corpus_as_it_is_written(name: str) -> None:
    assert list(differences(named(name), corpus_of(name))) == []


@every_connector
def test_each_case_of_a_corpus_names_its_source_and_tells_something(name: str) -> None:
    for case in corpus_of(name).cases:
        assert case.source
        assert any(step.events for step in case.steps), case.name


@every_connector
def test_a_connector_says_what_it_supervises_and_what_it_cannot_know(name: str) -> None:
    connector = connector_named(name)
    assert connector.name == name
    assert connector.title.endswith(".")
    assert connector.supervises
    assert connector.cannot_know


@every_connector
def test_its_profiles_name_the_panel_and_the_manual(name: str) -> None:
    for profile in profiles_of(name).values():
        content = tomllib.loads(profile.read_text(encoding="utf-8"))
        assert content["panel"]
        assert content["source"]


def told(conversation: Conversation, case: Case, cuts: list[int]) -> list[str]:
    """Return what is told of points by *case*, whose bytes come in pieces as long as *cuts* say."""
    events = list(conversation.begin(0.0))
    now, turn = 0.0, 0
    for step in case.steps:
        now = now if step.at is None else step.at
        data = step.data(case.encoding)
        if data is None:
            events += conversation.tick(now)
            continue
        while data:
            length = cuts[turn % len(cuts)]
            turn += 1
            events += conversation.receive(data[:length], now)
            data = data[length:]
    return [str(each) for each in events if isinstance(each, Told | Reset | Send)]


@every_connector
@given(cuts=st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_what_is_told_and_answered_does_not_depend_on_how_bytes_are_cut(
    name: str, cuts: list[int]
) -> None:
    connector = named(name)
    for case in corpus_of(name).cases:
        options = msgspec.convert(case.options, connector.options)
        whole = told(connector.converse(options), case, [100_000])
        assert told(connector.converse(options), case, cuts) == whole


@every_connector
@given(noise=st.lists(st.binary(max_size=400), max_size=20))
def test_noise_raises_no_error_and_is_bounded_in_memory(name: str, noise: list[bytes]) -> None:
    connector = named(name)
    for case in corpus_of(name).cases:
        conversation = connector.converse(msgspec.convert(case.options, connector.options))
        list(conversation.begin(0.0))
        for number, data in enumerate(noise):
            for event in [*conversation.receive(data, float(number)), *conversation.tick(number + 0.5)]:
                assert not isinstance(event, DamagedFrame) or len(event.data) <= 4_096


def test_a_connector_without_a_corpus_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "absent", MODULES["printer"])
    with pytest.raises(BadConnector, match=r"has no corpus.*untried_connectors = true"):
        refuse_untried("absent")


def test_a_corpus_that_is_understood_otherwise_is_named_by_case_and_step() -> None:
    file = files("gateway") / "connectors" / "printer" / "corpus.toml"
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    content["cases"] = content["cases"][:1]
    content["cases"][0]["steps"][0]["events"] = ["fire begins at 9-99"]
    assert list(differences(named("printer"), read_corpus(content))) == [
        "one line for each event, and a reset: step 1: "
        "fire begins at 1-12, instead of fire begins at 9-99"
    ]


def test_a_corpus_without_a_case_is_none() -> None:
    with pytest.raises(BadCorpus, match="no case"):
        read_corpus({"cases": []})
