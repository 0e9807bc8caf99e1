#!/usr/bin/env python3
"""Verifies a document of the exchange: its format and its signature. Needs Python 3.9, nothing else.

It is one file on purpose: whoever receives documents verifies them without Tocsin. The reference for the
signature is RFC 8032, 5.1.7; docs/exchange.md describes the format.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from typing import Any, NamedTuple

FORMAT = "tocsin-exchange"
VERSION = 1
CONTEXT = b"tocsin-exchange-1\n"
MARK = b',"signature":"'
"""The bytes between the signed ones and the signature."""

END = b'"}'
TAIL = len(MARK) + 128 + len(END)
"""Bytes of the last field of a signed document, with the end of the object."""


class WrongDocument(Exception):
    """The document is not what a center sent; the text says why."""


# Ed25519, as RFC 8032 has it.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741


def _add(a: Any, b: Any) -> Any:
    one = (a[1] - a[0]) * (b[1] - b[0]) % P
    two = (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Any) -> Any:
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _x_of(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    if (x * x - square) % P:
        return None
    return P - x if (x & 1) != sign else x


def _decoded(data: bytes) -> Any:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


_Y = 4 * pow(5, P - 2, P) % P
_X = _x_of(_Y, 0) or 0
BASE = (_X, _Y, 1, _X * _Y % P)


def signature_holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether *signature* is that of *message* by the holder of *public_key*."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = _decoded(public_key), _decoded(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    h = int.from_bytes(digest, "little") % L
    left, right = _times(s, BASE), _add(r, _times(h, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return bool(same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0)


class Verified(NamedTuple):
    """A document that is as the center sent it."""

    center: str
    kind: str
    since: int
    version: int
    items: int
    deleted: int
    more: bool
    key: str


def verify(sent: bytes, known_key: str | None = None) -> Verified:
    """Return what *sent* is; raises WrongDocument. *known_key* is the public key in hexadecimal."""
    sent = sent.strip()
    said = _parsed(sent)
    key = said.get("key")
    if not isinstance(key, str) or not isinstance(said.get("signature"), str):
        raise WrongDocument("not signed: the center that sent it has no key")
    if known_key is not None and key != known_key.lower():
        raise WrongDocument(f"signed with the key {key}, which is not the one that you know")
    body, tail = sent[:-TAIL], sent[-TAIL:]
    if not (tail.startswith(MARK) and tail.endswith(END)):
        raise WrongDocument(
            "its last field is not the signature: it was written anew after it was signed"
        )
    try:
        public, signature = bytes.fromhex(key), bytes.fromhex(tail[len(MARK) : -len(END)].decode())
    except ValueError as error:
        raise WrongDocument("its key or signature is not hexadecimal") from error
    if not signature_holds(public, CONTEXT + body + b"}", signature):
        raise WrongDocument("its signature does not hold: it was changed, or another key signed it")
    return _verified(said)


def _parsed(sent: bytes) -> dict[str, Any]:
    try:
        said = json.loads(sent)
    except ValueError as error:
        raise WrongDocument(f"not JSON ({error})") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise WrongDocument("not a document of the exchange")
    if said.get("format_version") != VERSION:
        raise WrongDocument(
            f"of format version {said.get('format_version')}; this program knows {VERSION}"
        )
    return said


def _verified(said: dict[str, Any]) -> Verified:
    items = said.get("items")
    if not isinstance(items, list):
        raise WrongDocument("it has no items")
    for each in items:
        expected = f"{each.get('table')}/{each.get('key')}@{said.get('center')}"
        if each.get("id") != expected:
            raise WrongDocument(f"the id {each.get('id')!r} is not that of its table, key and center")
        if ("data" in each) is ("deleted" in each):
            raise WrongDocument(f"{expected} is neither a row nor a deletion")
    return Verified(
        center=str(said.get("center")),
        kind=str(said.get("kind")),
        since=int(said.get("since", 0)),
        version=int(said.get("version", 0)),
        items=len(items),
        deleted=sum("deleted" in each for each in items),
        more=bool(said.get("more")),
        key=str(said.get("key")),
    )


def main(arguments: list[str] | None = None) -> int:
    """Verify the file that is named; return 0 if it is as it was sent, 1 if not, 2 if unreadable."""
    parser = argparse.ArgumentParser(description="Verify a document of the exchange of Tocsin.")
    parser.add_argument("file", help="the body of an answer, as it came; - for standard input")
    parser.add_argument("--key", help="the center's public key in hexadecimal, as you know it")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    given = parser.parse_args(arguments)
    try:
        with sys.stdin.buffer if given.file == "-" else open(given.file, "rb") as stream:  # noqa: PTH123
            sent = stream.read()
    except OSError as error:
        print(f"{given.file}: {error.strerror}", file=sys.stderr)
        return 2
    try:
        found = verify(sent, given.key)
    except WrongDocument as error:
        print(json.dumps({"result": "wrong", "error": str(error)}) if given.json else f"WRONG: {error}")
        return 1
    note = "" if given.key else f"; compare its key with the one that you know: {found.key}"
    text = (
        f"ok: {found.kind} of {found.center}, version {found.version}, {found.items} items, "
        f"{found.deleted} of them deletions{note}"
    )
    print(json.dumps({"result": "ok", **found._asdict()}) if given.json else text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
