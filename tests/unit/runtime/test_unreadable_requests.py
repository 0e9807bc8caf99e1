"""Requests that are no HTTP cost an answer to their sender, and the log a line now and then."""

import asyncio
import json
import logging

import pytest
from aiohttp import web

from runtime.web import serve

BAD = [
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET http:/x HTTP/1.1\r\nHost: a\r\n\r\n",
    b"post / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",  # TLS
]


async def answer_to(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_many_requests_that_cannot_be_read_write_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serve(web.Application(), "127.0.0.1", 0) as port:
        answers = [await answer_to(port, request) for request in BAD * 5]
    assert all(b" 400 " in each for each in answers)
    assert [each.getMessage() for each in caplog.records if each.exc_info] == []
    assert sum("unreadable HTTP" in each.getMessage() for each in caplog.records) <= 1


TOO_LONG = b"GET /?map=" + b"%E1%BA%BF" * 4_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
LONG = b"GET /?map=" + b"%E1%BA%BF" * 3_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("request_", [*BAD, TOO_LONG])
async def test_what_is_no_request_is_answered_in_json_with_the_remedy(request_: bytes) -> None:
    async with serve(web.Application(), "127.0.0.1", 0) as port:
        head, _, body = (await answer_to(port, request_)).partition(b"\r\n\r\n")
    assert b"Content-Type: application/json; charset=utf-8" in head
    said = json.loads(body)["error"]
    assert said.endswith(("correct its line and its headers", "send at most 32768 bytes in it"))
    assert ("too long" in said) == (request_ is TOO_LONG)


async def test_the_longest_query_that_is_described_is_read() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=str(len(request.query["map"])))

    app = web.Application()
    app.router.add_get("/", echo)
    async with serve(app, "127.0.0.1", 0) as port:
        assert (await answer_to(port, LONG)).endswith(b"3000")


async def test_a_fault_of_a_route_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: web.Request) -> web.Response:
        raise RuntimeError("broken")

    app = web.Application()
    app.router.add_get("/", fail)
    with caplog.at_level(logging.ERROR):
        async with serve(app, "127.0.0.1", 0) as port:
            answer = await answer_to(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b" 500 " in answer
    assert ["broken" in str(each.exc_info[1]) for each in caplog.records if each.exc_info] == [True]
