"""Attempts to sign in get slower with each failure, and never keep out the person from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.throttle import (
    FORGET,
    FREE,
    LONGEST,
    LONGEST_HERE,
    LONGEST_KNOWN,
    Failures,
    Subject,
    Throttle,
    is_this_machine,
    network_of,
    subjects_of,
    wait_of,
)
from contract.times import SECOND, Micros

NOW = 1_800_000_000 * SECOND
COUNTS = st.integers(0, 10_000)
SPANS = st.integers(0, 2 * FORGET)


def failed(throttle: Throttle, subjects: tuple[Subject, ...], times: int, at: Micros) -> None:
    for _ in range(times):
        throttle.begin_attempt(subjects, at)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("a name", "unknown"),
    ],
)
def test_an_address_counts_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_this_machine(address: str) -> None:
    assert is_this_machine(address)
    assert not is_this_machine("203.0.113.7")


def test_the_first_failures_cost_nothing_and_the_waits_double() -> None:
    waits = [wait_of(Failures(count, NOW), LONGEST, NOW) for count in range(FREE - 1, FREE + 4)]
    assert waits == [0, SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]


@given(COUNTS, SPANS, st.integers(SECOND, LONGEST))
def test_a_wait_is_never_longer_than_the_longest_and_its_end_is_its_end(
    count: int, since: Micros, longest: Micros
) -> None:
    failures = Failures(count, NOW - since)
    wait = wait_of(failures, longest, NOW)
    assert 0 <= wait <= longest
    assert wait_of(failures, longest, NOW + wait) == 0


@given(COUNTS, SPANS)
def test_more_failures_never_make_a_wait_shorter(count: int, since: Micros) -> None:
    less, more = (wait_of(Failures(each, NOW - since), LONGEST, NOW) for each in (count, count + 1))
    assert less <= more


@given(COUNTS, st.integers(0, FORGET))
def test_a_clock_that_was_set_back_makes_no_wait_longer(count: int, back: Micros) -> None:
    assert wait_of(Failures(count, NOW), LONGEST, NOW - back) <= LONGEST


NETWORKS = [f"198.51.100.{number}" for number in range(1, 9)]
ATTEMPTS = st.lists(
    st.tuples(st.sampled_from([*NETWORKS, "2001:db8::1"]), st.integers(0, 60 * SECOND)), max_size=60
)


@given(ATTEMPTS)
def test_nobody_elsewhere_makes_a_known_desk_or_this_machine_wait(
    attempts: list[tuple[str, Micros]],
) -> None:
    throttle, at = Throttle(), NOW
    for address, later in attempts:
        at += later
        throttle.begin_attempt(subjects_of("admin", address, ()), at)
    for address in ("127.0.0.1", "::1", "203.0.113.5"):
        assert throttle.wait(subjects_of("admin", address, {"203.0.113.5"}), at) == 0


@given(st.integers(0, 200))
def test_an_attacker_on_this_machine_or_at_the_desk_slows_it_down_a_little(times: int) -> None:
    throttle = Throttle()
    here, known = (
        subjects_of("admin", "127.0.0.1", ()),
        subjects_of("admin", "203.0.113.5", {"203.0.113.5"}),
    )
    failed(throttle, here, times, NOW)
    failed(throttle, known, times, NOW)
    assert throttle.wait(here, NOW) <= LONGEST_HERE
    assert throttle.wait(known, NOW) <= LONGEST_KNOWN


def test_an_address_that_tries_many_accounts_is_slowed_down() -> None:
    throttle = Throttle()
    for number in range(FREE):
        throttle.begin_attempt(subjects_of(f"a{number}", "203.0.113.7", ()), NOW)
    assert throttle.wait(subjects_of("new", "203.0.113.7", ()), NOW) > 0
    assert throttle.wait(subjects_of("new", "203.0.113.8", ()), NOW) == 0


def test_addresses_of_one_ipv6_network_are_one_address() -> None:
    throttle = Throttle()
    for number in range(FREE):
        throttle.begin_attempt(subjects_of(f"a{number}", f"2001:db8::{number:x}", ()), NOW)
    assert throttle.wait(subjects_of("new", "2001:db8::ffff", ()), NOW) > 0


def test_many_attempts_at_once_are_no_way_around() -> None:
    throttle, subjects = Throttle(), subjects_of("an", "203.0.113.7", ())
    allowed = 0
    while throttle.wait(subjects, NOW) == 0:
        throttle.begin_attempt(subjects, NOW)
        allowed += 1
    assert allowed == FREE


def test_an_attempt_that_was_no_failure_is_taken_back() -> None:
    throttle, subjects = Throttle(), subjects_of("an", "203.0.113.7", ())
    for _ in range(100):
        throttle.begin_attempt(subjects, NOW)
        throttle.take_back(subjects)
    assert len(throttle) == 0


@given(st.lists(st.integers(0, 500), max_size=300), st.integers(2, 50))
def test_memory_is_bounded_and_who_failed_most_is_not_forgotten(names: list[int], most: int) -> None:
    throttle = Throttle(most=most)
    attacker = Subject("account admin")
    failed(throttle, (attacker,), 100, NOW)
    for number in names:
        throttle.begin_attempt((Subject(f"address {number}"),), NOW)
        assert len(throttle) <= most
    if most >= 4 and max(map(names.count, names), default=0) < 100:
        assert throttle.failures(attacker).count == 100


def test_an_attempt_that_lacked_its_code_alone_does_not_begin_the_wait_anew() -> None:
    throttle, subjects = Throttle(), subjects_of("an", "203.0.113.7", ())
    failed(throttle, subjects, FREE + 5, NOW)
    later = NOW + throttle.wait(subjects, NOW)
    throttle.begin_attempt(subjects, later)
    throttle.take_back(subjects)
    assert throttle.wait(subjects, later) == 0
