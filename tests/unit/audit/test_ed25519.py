"""The stand-alone verifier's Ed25519 says what RFC 8032 and a well-known library say."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis.strategies import binary, integers

from audit.verify import signature_holds

# RFC 8032, 7.1: tests 1, 2 and 3: public key, message, signature.
RFC_VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_VECTORS)
def test_the_signatures_of_the_rfc_hold(public: str, message: str, signature: str) -> None:
    parts = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert signature_holds(*parts)
    assert not signature_holds(parts[0], parts[1] + b"x", parts[2])


@given(binary(min_size=32, max_size=32), binary(max_size=200))
def test_what_the_library_signs_holds(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert signature_holds(key.public_key().public_bytes_raw(), message, key.sign(message))


@given(binary(min_size=32, max_size=32), integers(0, 511), integers(0, 255))
def test_one_bit_changed_anywhere_breaks_a_signature(seed: bytes, bit: int, of_key: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"head")
    assert not signature_holds(public, b"head", flipped(signature, bit))
    assert not signature_holds(flipped(public, of_key), b"head", signature)


def flipped(data: bytes, bit: int) -> bytes:
    spoiled = bytearray(data)
    spoiled[bit // 8] ^= 1 << bit % 8
    return bytes(spoiled)


@pytest.mark.parametrize("scalar", [2**252 + 27742317777372353535851937790883648493, 2**256 - 1])
def test_a_scalar_beyond_the_order_is_refused(scalar: int) -> None:
    """Else a signature could be written in a second way (RFC 8032, 5.1.7)."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signature = key.sign(b"head")[:32] + scalar.to_bytes(32, "little")
    assert not signature_holds(key.public_key().public_bytes_raw(), b"head", signature)


@pytest.mark.parametrize(
    ("key", "signature"), [(b"", bytes(64)), (bytes(32), b""), (b"\xff" * 32, bytes(64))]
)
def test_what_is_no_key_or_no_signature_holds_nothing(key: bytes, signature: bytes) -> None:
    assert not signature_holds(key, b"head", signature)
