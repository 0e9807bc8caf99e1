"""The decision to refuse a request that a web page of another site may have made a browser send.

A browser sends whatever a page wants to any address that the person's machine reaches, under any name
that the page's owner lets point there (DNS rebinding). Only a name can be made to point elsewhere, so
that addresses in figures are let pass.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from contract.http.request_header import REQUEST_HEADER

OCTETS = "application/octet-stream"
"""The type of a file as it is: neither a form nor an unasked page of another site can send it."""

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods of requests that change something."""

LOOPBACK_NAMES = frozenset({"localhost", "ip6-localhost"})

_OWN_SITE = frozenset({"", "none", "same-origin"})
"""Values of ``Sec-Fetch-Site`` of a person's own request, or of a page from the same server."""


class RequestRefusal(StrEnum):
    """The reason why a request is refused."""

    HOST = "foreign host"
    SITE = "another site"
    CONTENT_TYPE = "not JSON"
    UPLOAD_TYPE = "not a plain file"
    HEADER = "no header of a program"


STATUS: Mapping[RequestRefusal, int] = {
    RequestRefusal.HOST: 421,
    RequestRefusal.SITE: 403,
    RequestRefusal.CONTENT_TYPE: 415,
    RequestRefusal.UPLOAD_TYPE: 415,
    RequestRefusal.HEADER: 403,
}
"""The status of HTTP that answers each refusal."""

REMEDY: Mapping[RequestRefusal, str] = {
    RequestRefusal.HOST: "header Host: no name of this server; use its address, or add it to web.hosts",
    RequestRefusal.SITE: "Origin or Sec-Fetch-Site: a page of another site asks; ask with a program",
    RequestRefusal.CONTENT_TYPE: "header Content-Type: no application/json; send JSON, and say so there",
    RequestRefusal.UPLOAD_TYPE: f"header Content-Type: no {OCTETS}; send the file itself, so named",
    RequestRefusal.HEADER: f"header {REQUEST_HEADER}: missing; send '{REQUEST_HEADER}: 1', or a token",
}
"""The text that answers each refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The headers of a request that tell where it comes from; each empty where absent."""

    method: str
    host: str
    origin: str = ""
    site: str = ""
    content_type: str = ""
    is_upload: bool = False
    """Whether the path takes a file as it is, in place of JSON."""
    is_arrival: bool = False
    """Whether a person's browser arrives as a whole at a page that others send it to."""
    has_token: bool = False
    has_header: bool = False


def why_refused(asked: Asked, hosts: frozenset[str]) -> RequestRefusal | None:
    """Return the reason to refuse a request to a server that is named by *hosts*, if there is one."""
    host = _authority(asked.host)
    if asked.host and not _is_named(host, hosts):
        return RequestRefusal.HOST
    if _is_of_another_site(asked, host, hosts):
        return RequestRefusal.SITE
    if asked.method not in CHANGING:
        return None
    if (reason := _wrong_type(asked)) is not None:
        return reason
    return None if asked.has_token or asked.has_header else RequestRefusal.HEADER


def _wrong_type(asked: Asked) -> RequestRefusal | None:
    """Return the reason to refuse the body by its type; DELETE needs none, and no form can send it."""
    if asked.method == "DELETE" and not asked.content_type:
        return None
    given = asked.content_type.partition(";")[0].strip().lower()
    if asked.is_upload:
        return None if given == OCTETS else RequestRefusal.UPLOAD_TYPE
    return None if given == "application/json" else RequestRefusal.CONTENT_TYPE


def _authority(text: str) -> SplitResult | None:
    """Return the host and port in *text*; None where it is neither."""
    try:
        parts = urlsplit(f"//{text}")
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.netloc == text and "@" not in text else None


def _is_named(host: SplitResult | None, hosts: frozenset[str]) -> bool:
    name = _name(host)
    return name in LOOPBACK_NAMES or name in hosts or _is_address(name)


def _name(host: SplitResult | None) -> str:
    return ((host.hostname if host else None) or "").rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_of_another_site(asked: Asked, host: SplitResult | None, hosts: frozenset[str]) -> bool:
    if asked.site.lower() not in _OWN_SITE and not asked.is_arrival:
        return True
    if not asked.origin:
        return False
    origin = _authority(asked.origin.partition("://")[2])
    # A reverse proxy may ask by another name than the browser did; its own is in the list.
    return origin is None or not (_is_proxy(_name(origin), hosts) or _is_same(origin, host))


def _is_proxy(name: str, hosts: frozenset[str]) -> bool:
    """Return whether *name* is in the list, and not another server's of the same machine."""
    return name in hosts and name not in LOOPBACK_NAMES and not _is_address(name)


def _is_same(origin: SplitResult, host: SplitResult | None) -> bool:
    return host is not None and (_name(origin), origin.port) == (_name(host), host.port)
