"""The page of a gateway: three files as they are in the tree, and the words for them."""

from collections.abc import Mapping
from functools import partial
from importlib.resources import files

from runtime.small_web import Route, WebAnswer

_KINDS = {
    "page.html": "text/html; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
}

_HEADER = (
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-cache\r\n"
)


def page_routes(words: str) -> Mapping[str, Route]:
    """Return the routes of the page; it tells nothing before it asks ``/status`` with a token."""
    routes: dict[str, Route] = {f"/{name}": partial(_file, name) for name in _KINDS}
    routes["/"] = routes.pop("/page.html")
    routes["/words.json"] = lambda: WebAnswer(words.encode())
    return routes


def _file(name: str) -> WebAnswer:
    body = (files("gateway") / "web" / name).read_bytes()
    return WebAnswer(body, kind=_KINDS[name], header=_HEADER)
