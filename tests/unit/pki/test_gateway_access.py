"""The ways of a gateway to the center, and the reasons of the broker to refuse it."""

from pathlib import Path

import pytest

from contract.ids import GatewayKey
from pki.domain.broker_rules import access_rules, allowed_gateways, gateways_in, sorted_passwords
from pki.domain.gateway_access import GatewayAccess, gateway_access
from pki.domain.keyring import KeyRing, PublicKey, key_ring

ONE, TWO = GatewayKey("p", "gw-1"), GatewayKey("p", "gw-2")


def ring(*, until: int = 100, revoked_at: int | None = None) -> KeyRing:
    return key_ring(1, [(ONE, PublicKey("a" * 16, bytes(32), 0, until, revoked_at))])


@pytest.mark.parametrize(
    ("keys", "registered", "access"),
    [
        (KeyRing(), True, GatewayAccess.PASSWORD),
        (KeyRing(), False, GatewayAccess.UNREGISTERED),
        (ring(), True, GatewayAccess.CERTIFICATE),
        (ring(), False, GatewayAccess.UNREGISTERED),
        (ring(until=50), True, GatewayAccess.ENDED),
        (ring(revoked_at=5), True, GatewayAccess.REVOKED),
        (ring(revoked_at=5), False, GatewayAccess.REVOKED),
    ],
)
def test_the_way_of_a_gateway(keys: KeyRing, registered: bool, access: GatewayAccess) -> None:
    assert gateway_access(keys, ONE, is_registered=registered, now=50) is access


def test_the_broker_lets_speak_who_is_registered_and_not_revoked() -> None:
    assert allowed_gateways([TWO, ONE], ring()) == [ONE, TWO]
    assert allowed_gateways([TWO, ONE], ring(revoked_at=5)) == [TWO]
    assert allowed_gateways([], ring()) == []


def test_the_rules_name_each_gateway_once_and_nothing_of_another() -> None:
    rules = access_rules("tocsin/v1", "tocsin/notify", [ONE, TWO])
    assert gateways_in(rules) == {"p/gw-1", "p/gw-2"}
    block = rules.partition("user p/gw-1\n")[2].partition("\n\n")[0]
    assert "gw-2" not in block
    assert "#" not in block


def test_only_the_passwords_of_who_is_gone_are_taken_out_and_wait_aside() -> None:
    passwords = "alerting:a\np/gw-1:b\np/gw-10:c\n"
    kept = sorted_passwords(passwords, "", gone={"p/gw-1"}, allowed={"p/gw-10"}, revoked=())
    assert kept == ("alerting:a\np/gw-10:c\n", "p/gw-1:b\n")


def test_a_gateway_that_is_back_in_the_registry_has_its_password_back() -> None:
    aside = "p/gw-1:b\np/gw-2:d\n"
    kept = sorted_passwords("alerting:a\n", aside, gone=(), allowed={"p/gw-1"}, revoked=())
    assert kept == ("alerting:a\np/gw-1:b\n", "p/gw-2:d\n")


def test_a_new_password_is_not_replaced_by_the_one_that_waits() -> None:
    kept = sorted_passwords("p/gw-1:new\n", "p/gw-1:old\n", gone=(), allowed={"p/gw-1"}, revoked=())
    assert kept == ("p/gw-1:new\n", "")


def test_the_password_of_a_gateway_that_was_revoked_waits_nowhere() -> None:
    gone, revoked = {"p/gw-1"}, {"p/gw-1", "p/gw-2"}
    kept = sorted_passwords("p/gw-1:b\n", "p/gw-2:d\n", gone=gone, allowed=(), revoked=revoked)
    assert kept == ("", "")


def test_the_programs_of_a_center_have_the_rules_of_the_sample() -> None:
    sample = (Path(__file__).parents[3] / "deploy" / "mosquitto" / "acl").read_text()
    assert lines_of(access_rules("tocsin/v1", "tocsin/notify", [])) == lines_of(sample)


def lines_of(rules: str) -> list[str]:
    """The rules without remarks and empty lines."""
    return [line for line in rules.splitlines() if line and not line.startswith("#")]
