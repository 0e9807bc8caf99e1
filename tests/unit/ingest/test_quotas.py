"""Requirements on the quota of a gateway."""

from contract.ids import GatewayKey, StreamKey
from contract.messages import Series
from ingest.domain.batches import Batch, BatchId
from ingest.domain.quotas import (
    SHOWN_S,
    SHUT_S,
    GatewayQuotas,
    Quota,
    QuotaLedger,
    QuotaVerdict,
)
from ingest.settings import QuotaSettings

NOISY, QUIET = GatewayKey("cho", "noisy"), GatewayKey("cho", "quiet")
NOW_US = 1_795_464_785_000_000
HOUR_US = 3_600_000_000
DAY_S = 86_400

SMALL = GatewayQuotas(
    readings=Quota(100, 10),
    old_readings=Quota(1_000, 1),
    new_series=Quota(5, 0.5),
    refused_bytes=Quota(1_000, 1),
    old_s=600,
)


def a_series(count: int, *, point: str = "p", ago_us: int = 0) -> Series:
    times = [NOW_US - ago_us + each for each in range(count)]
    return Series(point=point, quantity="smoke", t=times, v=[0.0] * count)


class Site:
    """A ledger, asked as ingest asks it."""

    def __init__(self, quotas: GatewayQuotas = SMALL) -> None:
        self.ledger = QuotaLedger(quotas)

    def sends(
        self, *series: Series, now: float = 0.0, gateway: GatewayKey = NOISY, size: int = 0
    ) -> QuotaVerdict:
        batch = Batch(BatchId(StreamKey(*gateway, "e"), 1, 1, "d"), series)
        cost = self.ledger.cost_of(gateway, batch, size=size, now=now, at=NOW_US)
        verdict = self.ledger.judge(cost, now)
        if verdict is QuotaVerdict.WITHIN:
            self.ledger.charge(cost)
        return verdict


def test_readings_beyond_the_quota_of_one_gateway_wait_and_those_of_another_do_not() -> None:
    site = Site()
    assert site.sends(a_series(100)) is QuotaVerdict.WITHIN
    assert site.sends(a_series(1)) is QuotaVerdict.READINGS
    assert site.sends(a_series(100), gateway=QUIET) is QuotaVerdict.WITHIN


def test_a_quota_grows_again_with_time_up_to_what_may_come_at_once() -> None:
    site = Site()
    site.sends(a_series(100))
    assert site.sends(a_series(10), now=0.9) is QuotaVerdict.READINGS
    assert site.sends(a_series(10), now=1.0) is QuotaVerdict.WITHIN
    assert site.sends(a_series(100), now=10_000.0) is QuotaVerdict.WITHIN
    assert site.sends(a_series(1), now=10_000.0) is QuotaVerdict.READINGS


def test_a_batch_larger_than_the_whole_quota_passes_once_and_is_paid_for() -> None:
    site = Site()
    assert site.sends(a_series(300)) is QuotaVerdict.WITHIN
    assert site.sends(a_series(1), now=20.0) is QuotaVerdict.READINGS
    assert site.sends(a_series(1), now=20.2) is QuotaVerdict.WITHIN


def test_what_was_measured_before_has_a_quota_of_its_own() -> None:
    site = Site()
    site.sends(a_series(100))
    assert site.sends(a_series(900, ago_us=HOUR_US)) is QuotaVerdict.WITHIN
    assert site.sends(a_series(200, ago_us=HOUR_US)) is QuotaVerdict.OLD_READINGS


def test_new_series_are_counted_and_known_ones_are_not() -> None:
    site = Site()
    known = [a_series(1, point=f"p{each}") for each in range(5)]
    assert site.sends(*known) is QuotaVerdict.WITHIN
    assert site.sends(*known) is QuotaVerdict.WITHIN
    assert site.sends(a_series(1, point="another")) is QuotaVerdict.SERIES
    assert site.sends(a_series(1, point="another"), now=2.0) is QuotaVerdict.WITHIN


def test_a_refused_series_is_not_known_afterwards() -> None:
    site = Site()
    site.sends(*[a_series(1, point=f"p{each}") for each in range(5)])
    assert site.sends(a_series(1, point="another")) is QuotaVerdict.SERIES
    assert site.sends(a_series(1, point="another")) is QuotaVerdict.SERIES


def test_long_names_count_as_readings() -> None:
    site = Site()
    assert site.sends(a_series(10), size=100 * 128) is QuotaVerdict.WITHIN
    assert site.sends(a_series(1)) is QuotaVerdict.READINGS


def test_bytes_that_cannot_be_stored_have_a_quota() -> None:
    ledger = Site().ledger
    assert ledger.judge_refused(NOISY, 900, 0.0) is QuotaVerdict.WITHIN
    assert ledger.judge_refused(NOISY, 200, 0.0) is QuotaVerdict.REFUSED
    assert ledger.judge_refused(QUIET, 900, 0.0) is QuotaVerdict.WITHIN
    assert ledger.judge_refused(NOISY, 200, 100.0) is QuotaVerdict.WITHIN


def test_a_gateway_over_its_quota_is_shown_with_the_reason_until_it_was_quiet() -> None:
    site = Site()
    site.sends(a_series(200))
    assert site.ledger.flooding(0.0) == {}
    site.sends(a_series(1))
    assert site.ledger.flooding(SHOWN_S / 2) == {NOISY: QuotaVerdict.READINGS}
    assert site.ledger.flooding(SHOWN_S) == {}


def test_the_messages_of_a_gateway_over_its_quota_need_no_decoding_for_a_moment() -> None:
    site = Site()
    site.sends(a_series(200))
    site.sends(a_series(1))
    assert site.ledger.is_shut(NOISY, SHUT_S / 2)
    assert not site.ledger.is_shut(NOISY, SHUT_S)
    assert not site.ledger.is_shut(QUIET, 0.0)


POINTS = 2_000
"""Points of a large site, each reporting once a second."""


def test_a_large_site_never_meets_its_quota() -> None:
    site = Site(QuotaSettings().quotas())
    batch = [a_series(1, point=f"p{each}") for each in range(POINTS)]
    verdicts = {site.sends(*batch, now=float(second), size=90 * POINTS) for second in range(100)}
    assert verdicts == {QuotaVerdict.WITHIN}
    quotas = QuotaSettings()
    assert quotas.readings_s >= 2 * POINTS


def test_the_backlog_of_a_day_of_a_large_site_passes_at_once() -> None:
    site = Site(QuotaSettings().quotas())
    batch = a_series(100_000, ago_us=DAY_S * 1_000_000)
    sent = 0
    while sent < POINTS * DAY_S:
        assert site.sends(batch) is QuotaVerdict.WITHIN
        sent += 100_000
