"""The start of the demonstration has a bound of its own, and says what was slow."""

import sys
from pathlib import Path

import pytest

from tocsin.demo.processes import ChildEnded, child
from tocsin.demo.startup import NotReady, Startup


async def is_ready() -> bool:
    return True


async def is_not_ready() -> bool:
    return False


async def test_the_start_ends_as_soon_as_every_part_is_ready() -> None:
    await Startup.begin(60).wait_until({"broker": is_ready, "people": is_ready}, [])


async def test_parts_that_are_not_ready_in_time_are_named_with_the_load_and_the_remedy() -> None:
    with pytest.raises(NotReady) as failure:
        await Startup.begin(0.1).wait_until({"broker": is_ready, "alerting": is_not_ready}, [])
    text = str(failure.value)
    assert text.startswith("not ready after 0 s: alerting (load ")
    assert "broker" not in text
    assert "--start-within" in text


async def test_one_bound_holds_for_all_steps_together() -> None:
    startup = Startup.begin(0.1)
    with pytest.raises(NotReady):
        await startup.wait_until({"broker": is_not_ready}, [])
    with pytest.raises(NotReady):
        await startup.wait_until({"people": is_not_ready}, [])


async def test_a_process_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('port 1 is taken')"]
    async with child("alerting", command, tmp_path) as ended:
        with pytest.raises(ChildEnded, match="alerting ended with code 1:\nport 1 is taken"):
            await Startup.begin(60).wait_until({"alerting": is_not_ready}, [ended])
