"""The public keys of a provider, and ID tokens that they signed."""

import binascii
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from accounts.domain.openid import ALGORITHMS, OpenIdRefusal

PublicKey = RSAKey | ECKey | OKPKey
"""A key of which the private half is with the provider alone."""

_KINDS: Mapping[str, type[PublicKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}

MOST_KEYS = 32
"""Keys of a provider that are read; a real one has two or three."""

RSA_BITS = range(2_048, 8_193)
"""Sizes of RSA keys that are safe, and that can be computed with at once."""

LONGEST_TOKEN = 16_384
"""Characters of an ID token at the most; a real one has about 1,000."""

_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)


class BadToken(Exception):
    """An ID token that is not believed, by its *reason*."""

    def __init__(self, reason: OpenIdRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderKeys:
    """The public *keys* of a provider."""

    def __init__(self, keys: Sequence[PublicKey]) -> None:
        self._keys = keys

    def claims_of(self, token: str) -> Mapping[str, object]:
        """Return the claims of *token*, which one of the keys signed; raises BadToken."""
        header = _header(token)
        meant = [each for each in self._keys if _may_sign(each, header)]
        if not meant:
            raise BadToken(OpenIdRefusal.UNKNOWN_KEY)
        for key in meant:
            if (claims := _verified(token, key)) is not None:
                return claims
        raise BadToken(OpenIdRefusal.BAD_SIGNATURE)


def read_keys(given: Mapping[str, object]) -> ProviderKeys:
    """Return the keys of a JWK set that can verify a signature; all else in it is left out."""
    listed = given.get("keys")
    some = listed[:MOST_KEYS] if isinstance(listed, list) else []
    return ProviderKeys([key for each in some if (key := _public_key(each)) is not None])


def _public_key(given: object) -> PublicKey | None:
    if not isinstance(given, dict) or given.get("use", "sig") != "sig":
        return None
    kind = _KINDS.get(str(given.get("kty")))
    try:
        with _without_warnings():
            key = None if kind is None else kind.import_key(given)
        return key if _is_safe(key) else None
    except (JoseError, ValueError, TypeError, KeyError, binascii.Error):
        return None


def _is_safe(key: PublicKey | None) -> bool:
    return not isinstance(key, RSAKey) or key.public_key.key_size in RSA_BITS


def _header(token: str) -> Mapping[str, object]:
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise BadToken(OpenIdRefusal.NO_ID_TOKEN)
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        raise BadToken(OpenIdRefusal.NO_ID_TOKEN) from None
    if header.get("alg") not in ALGORITHMS:
        raise BadToken(OpenIdRefusal.BAD_SIGNATURE)
    return header


def _may_sign(key: PublicKey, header: Mapping[str, object]) -> bool:
    """Return whether *key* is the one that *header* names, or may be where it names none."""
    named = header.get("kid")
    return (named is None or key.kid == named) and key.get("alg") in {None, header.get("alg")}


def _verified(token: str, key: PublicKey) -> Mapping[str, object] | None:
    try:
        with _without_warnings():
            return jwt.decode(token, key, registry=_REGISTRY).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        return None


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep the library from warning, on the terminal, of what a provider sent and we refuse or allow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        yield
