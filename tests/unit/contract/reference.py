"""What the tests of the wire know by themselves, so that an error in Tocsin cannot hide in both."""

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parents[2] / "vectors"


def vectors(name: str, *path: str) -> list[Any]:
    """The cases at *path* in a file of golden vectors, each named by its reason."""
    cases = json.loads((VECTORS / name).read_text())
    for part in path:
        cases = cases[part]
    return [pytest.param(case, id=case.get("why") or case.get("text")) for case in cases]


def body_of(case: dict[str, Any]) -> bytes:
    """The bytes of a case's body, given as JSON or, where it is none, as text."""
    if "text" in case:
        return str(case["text"]).encode()
    return json.dumps(case["body"]).encode()


def crc16_ccitt_false(data: bytes) -> int:
    """The remainder by 0x1021 from 0xFFFF, one bit at a time, as the definition says."""
    remainder = 0xFFFF
    for byte in data:
        for bit in range(7, -1, -1):
            carry = (remainder >> 15) ^ ((byte >> bit) & 1)
            remainder = (remainder << 1) & 0xFFFF
            if carry:
                remainder ^= 0x1021
    return remainder
