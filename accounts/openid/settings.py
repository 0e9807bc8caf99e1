"""The settings of a provider of identities."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from runtime.settings import Part, SecretFile, is_loopback, secret_of

CALLBACK_PATH = "/api/v1/session/openid/callback"
"""The path to which the provider sends a browser back."""


def _trusted_address(address: str) -> str:
    """Return *address*, which is asked over TLS or does not leave this machine; raises ValueError."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise ValueError("not an address; write https://login.example") from None
    if (
        not parts.hostname
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
        or not address.isascii()
    ):
        raise ValueError("not an address; write https://login.example")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("not over https; passwords and tokens travel there")
    return address


TrustedAddress = Annotated[str, AfterValidator(_trusted_address)]
"""An address over https, or over http on this machine."""


def _scope(text: str) -> str:
    if not re.fullmatch(r"[!#-\[\]-~]{1,100}", text):
        raise ValueError("not a scope; write one word, such as profile")
    return text


class OpenIdSettings(Part):
    """The provider with which people may sign in; their accounts are linked to its subjects."""

    # As the provider's description has it, to the last slash.
    issuer: TrustedAddress
    client_id: str = Field(min_length=1, max_length=255)
    client_secret: SecretStr | None = None
    client_secret_file: SecretFile = None
    # The address of this center as browsers see it; the provider must know its callback.
    address: TrustedAddress
    scopes: tuple[Annotated[str, AfterValidator(_scope)], ...] = ("openid",)
    # Values of the claims amr and acr that count as a second factor; none by default.
    second_factor: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = ()
    # Seconds that the provider may take to answer.
    timeout_s: float = Field(5.0, gt=0, le=30)

    def secret(self) -> str | None:
        """Return the secret of the client, from its file where one is named; None of a public client."""
        return secret_of(self.client_secret, self.client_secret_file)

    @property
    def scope(self) -> str:
        """The scopes as a request has them, ``openid`` always among them."""
        return " ".join(("openid", *(each for each in self.scopes if each != "openid")))

    @property
    def callback(self) -> str:
        """The address to which the provider sends a browser back."""
        return self.address.rstrip("/") + CALLBACK_PATH

    @model_validator(mode="after")
    def _with_an_origin(self) -> Self:
        if urlsplit(self.address).path not in {"", "/"}:
            raise ValueError("address: has a path; write the scheme, the name and the port only")
        return self
