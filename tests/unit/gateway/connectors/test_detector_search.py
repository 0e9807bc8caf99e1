"""A search of serial numbers finds every detector, and says which address is double or missing."""

from hypothesis import given
from hypothesis import strategies as st

from contract.polling import DetectorIdentity, PolledDecoder, SerialSearch, encode_polling
from contract.sentences import DamagedBytes
from firmware_sim.domain.polled_detectors import PolledDetector, PolledPair
from gateway.domain.connectors.detector_search import DetectorSearch

serials = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
addresses = st.sampled_from(["smoke-1", "smoke-2", "heat-1", "mcp-lobby", "co-12"])


def searched(*detectors: PolledDetector) -> tuple[DetectorSearch, int]:
    """Return the search of all *detectors* on one pair, and how many prefixes it asked."""
    pair, search, asked = PolledPair(*detectors), DetectorSearch(), 0
    while (prefix := search.next()) is not None:
        asked += 1
        decoder = PolledDecoder()
        heard = decoder.decode_bytes(pair.answer(encode_polling(SerialSearch(prefix))))
        heard += decoder.give_up()
        identities = [each for each in heard if isinstance(each, DetectorIdentity)]
        search.note(prefix, identities, is_garbled=any(isinstance(e, DamagedBytes) for e in heard))
    return search, asked


@given(st.dictionaries(serials, addresses, max_size=20))
def test_every_detector_is_found_once_whatever_its_serial_number_and_address(
    there: dict[str, str],
) -> None:
    search, _ = searched(*(PolledDetector(address, serial) for serial, address in there.items()))
    assert {each.serial: each.address for each in search.found.values()} == there
    assert search.unclear == []


def test_double_missing_and_unknown_addresses_are_named() -> None:
    search, _ = searched(
        PolledDetector("smoke-1", "3fa80b21"),
        PolledDetector("smoke-1", "3fa80b22"),
        PolledDetector("heat-9", "00000001"),
    )
    survey = search.survey(["smoke-1", "smoke-2", "mcp-1"], answering=["mcp-1"])
    assert survey.double == {"smoke-1": ("3fa80b21", "3fa80b22")}
    assert survey.missing == ("smoke-2",)
    assert survey.unknown == ("heat-9",)
    assert survey.answering == ("mcp-1",)
    assert not survey.is_right


def test_one_serial_number_twice_is_unclear_and_nobody_else_is_lost_by_it() -> None:
    search, _ = searched(
        PolledDetector("smoke-1", "3fa80b21"),
        PolledDetector("smoke-22", "3fa80b21"),
        PolledDetector("heat-1", "3fa80b20"),
    )
    assert search.unclear == ["3fa80b21"]
    assert "3fa80b20" in search.found


def test_forty_detectors_are_found_with_few_questions() -> None:
    there = [PolledDetector(f"d-{n}", f"{n * 2_654_435_761 % 2**32:08x}") for n in range(1, 41)]
    search, asked = searched(*there)
    assert len(search.found) == 40
    assert asked < 600
