"""A relay is believed only from whom it says, unchanged, and now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.signing import TOLERANCE_S, BadSignature, sign, verify

KEYS = {"2026": b"old secret", "2027": b"new secret"}
NOW = 1_795_464_785


def test_the_digest_is_the_one_of_the_specification() -> None:
    """Made with: printf '1795464785.{"v": 1}' | openssl dgst -sha256 -hmac 'old secret'."""
    header = sign(b'{"v": 1}', key_id="2026", key=KEYS["2026"], at=NOW)
    assert header.startswith("t=1795464785,kid=2026,v1=")
    assert header.endswith(EXPECTED)


EXPECTED = "ed576faeccefd1163543eac94ad49549835b9c6e6a549c97e49b474f94639edb"


@given(st.binary(max_size=200), st.sampled_from(sorted(KEYS)), st.integers(-300, 300))
def test_whatever_is_signed_with_a_known_key_is_verified(body: bytes, key_id: str, off: int) -> None:
    header = sign(body, key_id=key_id, key=KEYS[key_id], at=NOW)
    assert verify(header, body, keys=KEYS, now=NOW + off) == key_id


@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_changed_byte_is_seen(body: bytes, data: st.DataObject) -> None:
    header = sign(body, key_id="2026", key=KEYS["2026"], at=NOW)
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(1, 255))
    changed = body[:place] + bytes([body[place] ^ other]) + body[place + 1 :]
    with pytest.raises(BadSignature, match="not that of this body"):
        verify(header, changed, keys=KEYS, now=NOW)


@pytest.mark.parametrize(
    ("sentence", "header", "now", "said"),
    [
        ("no header", "", NOW, "is not t="),
        ("another form", "v1=abc", NOW, "is not t="),
        ("an unknown key", sign(b"x", key_id="9", key=b"k", at=NOW), NOW, "no key is called 9"),
        ("the other key", sign(b"x", key_id="2026", key=b"k", at=NOW), NOW, "compare the keys"),
        (
            "a replay",
            sign(b"x", key_id="2026", key=KEYS["2026"], at=NOW),
            NOW + TOLERANCE_S + 1,
            "replays",
        ),
        (
            "a time that was changed",
            sign(b"x", key_id="2026", key=KEYS["2026"], at=NOW).replace("t=1795464785", "t=1795464786"),
            NOW,
            "compare the keys",
        ),
    ],
)
def test_what_is_refused_and_why(sentence: str, header: str, now: int, said: str) -> None:
    with pytest.raises(BadSignature, match=said):
        verify(header, b"x", keys=KEYS, now=now)
