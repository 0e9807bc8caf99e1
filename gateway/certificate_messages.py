"""The question to the program that checks a certificate (gateway/certificate_check.py), its answer."""

from msgspec import Struct


class CheckRequest(Struct, frozen=True, kw_only=True):
    """A *certificate* with its issuer, in PEM, for a gateway whose identity is in *folder*."""

    premises: str
    gateway: str
    folder: str
    certificate: str


class CheckAnswer(Struct, frozen=True, kw_only=True):
    """The lifetime of a certificate that can be used, or the *fault* of another."""

    since: int = 0
    until: int = 0
    fault: str = ""
