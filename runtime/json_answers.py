"""Answers of an HTTP server in JSON: one encoder for all, and every error with its remedy."""

from collections.abc import Mapping

import msgspec
from aiohttp import web

_encode = msgspec.json.Encoder().encode

KEPT = ("Allow", "WWW-Authenticate")
"""Headers of an error that its JSON form keeps."""


def json_answer(
    value: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return *value*, which msgspec can encode, as an answer; text stays UTF-8."""
    return web.Response(
        body=_encode(value),
        status=status,
        headers=headers,
        content_type="application/json",
        charset="utf-8",
    )


def error_answer(request: web.Request, error: web.HTTPException) -> web.Response:
    """Return *error* as JSON that names the thing, the fault and the remedy."""
    kept = {name: error.headers[name] for name in KEPT if name in error.headers}
    return json_answer({"error": _text(request, error)}, status=error.status, headers=kept)


def _text(request: web.Request, error: web.HTTPException) -> str:
    path = request.path[:200]
    match error:
        case web.HTTPMethodNotAllowed():
            return f"{path}: not for {error.method}; use {', '.join(sorted(error.allowed_methods))}"
        case web.HTTPRequestEntityTooLarge():
            return f"{path}: the body is too large; send at most {request.client_max_size} bytes"
        case web.HTTPNotFound() if error.text == f"{error.status}: {error.reason}":
            return f"{path}: no such path; GET /api/v1/openapi.json lists them (docs/protocol.md, 8)"
    return error.text or error.reason
