"""Ingest answers every request as its description says, right and wrong ones."""

import asyncio
from pathlib import Path

import pytest

from contract.http.routes import Service
from tests.adapters.http.by_description import operations, try_out
from tests.adapters.ingest.test_ingest import batch, gateway, running, settings_for
from tests.support.servers import Server
from tests.support.waiting import eventually

EXAMPLES = 20


@pytest.mark.slow
async def test_every_operation_answers_as_described(broker: Server, tmp_path: Path) -> None:
    async with running(settings_for(broker, tmp_path)) as one, gateway(broker) as market:
        await market.send(batch(1))
        await eventually(market.told(1))
        _, document = await one.get("/api/v1/openapi.json")
        for operation in operations(document, Service.INGEST):
            await asyncio.to_thread(try_out, operation, one.url, examples=EXAMPLES)
