"""Reads from a request which client asks, behind a proxy that the settings name."""

from collections.abc import Collection

from aiohttp import web

from runtime.client_address import PROXY_HEADERS, AskingClient, Forwarded, IpNetwork, asking_client


def client_of(request: web.Request, proxies: Collection[IpNetwork]) -> AskingClient:
    """Return the client that sent *request*, through *proxies* or straight."""
    headers = request.headers
    forwarded = Forwarded(
        clients=",".join(headers.getall("X-Forwarded-For", ())),
        scheme=headers.get("X-Forwarded-Proto", ""),
        others=any(name in headers for name in PROXY_HEADERS),
    )
    return asking_client(request.remote or "", forwarded, proxies)
