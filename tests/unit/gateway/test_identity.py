"""The identity of an enrolled gateway is shown to the brokers of its center, and to no other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from contract.times import to_micros
from gateway.plan import GatewayPlan
from gateway.settings import Settings

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=90)
SOURCE = {"name": "zigbee", "dialect": "zigbee2mqtt", "root": "z", "broker": {"tls": True}}


def certificate() -> bytes:
    key, name = Ed25519PrivateKey.generate(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "p/g")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, SINCE, UNTIL).sign(key, None)
    return made.public_bytes(Encoding.PEM)


def enrolled(folder: Path, chain: bytes) -> Path:
    identity = folder / "data" / "identity"
    identity.mkdir(parents=True)
    for name, content in (("key", b""), ("certificate", chain), ("authority", b"")):
        (identity / f"{name}.pem").write_bytes(content)
    return identity


def settings(folder: Path, **broker: Any) -> Settings:
    data = folder / "data"
    return Settings(premises="p", gateway="g", data_dir=data, sources=[SOURCE], broker=broker)


def shown(plan: GatewayPlan) -> list[Path | None]:
    broker = plan.paths[0].broker
    return [broker.ca_file, broker.certificate_file, broker.key_file]


def test_a_gateway_that_is_not_enrolled_has_no_identity(tmp_path: Path) -> None:
    plan = settings(tmp_path, tls=True).plan()
    assert plan.identity is None
    assert shown(plan) == [None, None, None]


def test_an_enrolled_gateway_shows_its_certificate_to_the_center_alone(tmp_path: Path) -> None:
    folder = enrolled(tmp_path, certificate())
    plan = settings(tmp_path, tls=True).plan()
    assert shown(plan) == [folder / f"{name}.pem" for name in ("authority", "certificate", "key")]
    assert plan.sources[0].broker.certificate_file is None
    assert plan.identity is not None
    assert (plan.identity.since, plan.identity.until) == (to_micros(SINCE), to_micros(UNTIL))


def test_without_encryption_no_certificate_is_shown(tmp_path: Path) -> None:
    enrolled(tmp_path, certificate())
    assert shown(settings(tmp_path).plan()) == [None, None, None]


def test_a_gateway_whose_certificate_is_damaged_starts_and_says_so(tmp_path: Path) -> None:
    folder = enrolled(tmp_path, b"damaged")
    damaged = settings(tmp_path, tls=True)
    plan = damaged.plan()
    assert plan.identity is not None
    assert plan.identity.until == 0
    assert any("enroll the gateway" in each for each in damaged.warnings)
    assert shown(plan) == [folder / "authority.pem", None, None], "it would end each connection"
