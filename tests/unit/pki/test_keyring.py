"""The keys of gateways: which one verifies a signature, and which gateway has ever had one."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from contract.gateway_signing import key_id
from contract.ids import GatewayKey
from pki.domain.keyring import KeyRing, PublicKey, key_ring

HALL = GatewayKey("cho-an-binh", "gw-1")
RAW = bytes(range(32))
ID = key_id(RAW)


def key(*, revoked_at: int | None = None, not_before: int = 10, not_after: int = 20) -> PublicKey:
    return PublicKey(ID, RAW, not_before, not_after, revoked_at)


def test_the_id_of_a_key_is_the_beginning_of_its_sha256() -> None:
    assert ID == "630dcd2966c43366"


def test_a_key_is_found_by_its_gateway_and_its_id() -> None:
    ring = key_ring(1, [(HALL, key())])
    assert ring.key("cho-an-binh", "gw-1", ID) == key()
    assert ring.key("cho-an-binh", "gw-2", ID) is None
    assert ring.key("cho-an-binh", "gw-1", "0" * 16) is None


def test_a_revoked_key_verifies_nothing_but_its_gateway_stays_enrolled() -> None:
    ring = key_ring(1, [(HALL, key(revoked_at=15))])
    assert ring.key("cho-an-binh", "gw-1", ID) is None
    assert ring.revoked("cho-an-binh", "gw-1", ID)
    assert ring.is_enrolled("cho-an-binh", "gw-1")


def test_a_gateway_without_any_row_is_not_enrolled() -> None:
    assert not KeyRing().is_enrolled("cho-an-binh", "gw-1")
    assert not KeyRing().revoked("cho-an-binh", "gw-1", ID)


def test_a_row_that_cannot_be_read_leaves_its_gateway_enrolled_without_that_key() -> None:
    ring = key_ring(1, [(HALL, None)])
    assert ring.is_enrolled("cho-an-binh", "gw-1")
    assert ring.key("cho-an-binh", "gw-1", ID) is None


def test_a_renewed_certificate_makes_its_key_valid_for_longer() -> None:
    ring = key_ring(2, [(HALL, key()), (HALL, key(not_before=16, not_after=40))])
    found = ring.key("cho-an-binh", "gw-1", ID)
    assert found is not None
    assert found.is_valid(10)
    assert found.is_valid(39)
    assert not found.is_valid(40)
    assert not found.is_valid(9)


TIMES = st.integers(0, 100)
KEYS = st.builds(
    key, revoked_at=st.none() | TIMES, not_before=st.integers(0, 50), not_after=st.integers(51, 100)
)


@given(st.lists(KEYS, min_size=1), st.randoms())
def test_a_key_revoked_once_stays_revoked_whatever_the_order_of_its_rows(
    keys: list[PublicKey], order: Random
) -> None:
    ring = key_ring(1, [(HALL, each) for each in keys])
    order.shuffle(keys)
    assert key_ring(1, [(HALL, each) for each in keys]) == ring
    revoked = any(each.revoked_at is not None for each in keys)
    assert ring.revoked("cho-an-binh", "gw-1", ID) == revoked
    assert (ring.key("cho-an-binh", "gw-1", ID) is None) == revoked
