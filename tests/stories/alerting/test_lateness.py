"""How late each deadline was run is a figure that can be watched."""

from datetime import timedelta

from tests.stories.alerting.house import House


def lateness(house: House) -> tuple[float, float]:
    """Return the number of deadlines that were run, and the sum of their delays in seconds."""
    of = house.metrics.registry.get_sample_value
    name = "tocsin_alerting_lateness_seconds"
    return of(f"{name}_count") or 0.0, of(f"{name}_sum") or 0.0


async def test_a_deadline_that_runs_at_its_moment_is_not_late(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    await house.wait(seconds=60)

    # After half a minute whether a desk is empty, after a whole one the next stage.
    assert lateness(house) == (2, 0)


async def test_a_deadline_that_came_while_the_process_was_down_counts_with_its_delay(
    house: House,
) -> None:
    await house.fire("button-01", quantity="manual")
    house.now += timedelta(seconds=75)
    await house.restart()
    assert lateness(house) == (0, 0)
    await house.engine.deadlines.run_due(house.now)

    assert lateness(house) == (2, 45 + 15)
