"""Requests and answers of a gateway that enrols (docs/protocol.md, 8)."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.names import Name
from contract.times import Micros

Secret = Annotated[str, Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{16}\Z")]
"""The secret of a code, without the fingerprint."""

Request = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{80,4000}={0,2}\Z")]
"""A certificate signing request (PKCS 10), DER in base64."""


class EnrolmentRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gateway's *request* for its first certificate, with the *secret* of its invitation."""

    premises: Name
    gateway: Name
    secret: Secret
    request: Request


class IssuedCertificate(Struct, frozen=True, kw_only=True):
    """A gateway's *certificate*, with those that prove it, valid *until* a moment; all in PEM."""

    premises: str
    gateway: str
    key_id: str
    certificate: str
    authority: str
    until: Micros


class Authority(Struct, frozen=True, kw_only=True):
    """The root certificate of the center's authority, in PEM: the code says whether to believe it."""

    certificate: str
