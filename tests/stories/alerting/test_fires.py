"""What a fire at the market leads to, told on virtual time against a real database file."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import Outcome
from alerting.engine.operators import ActionRefused, NoSuchIncident
from contract.ids import IncidentId
from contract.messages import Edge, Kind
from tests.stories.alerting.house import START, House, names, signal
from tests.support.receipts import proof_of

COMMAND_CENTER = "confirmed to command-center"


async def test_a_manual_call_point_is_relayed_at_once(house: House) -> None:
    await house.fire("button-01", quantity="manual")

    assert await house.relays() == [COMMAND_CENTER]
    assert (await house.incident()).reason == "manual_call_point"


async def test_one_smoke_detector_alone_is_suspected_and_nobody_is_told_yet(house: House) -> None:
    await house.fire("smoke-01")

    assert (await house.incident()).phase is Phase.SUSPECTED
    assert await house.relays() == []


async def test_a_second_detector_of_the_zone_within_the_window_confirms(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=4)
    await house.fire("smoke-02")

    assert await house.relays() == [COMMAND_CENTER]
    assert (await house.incident()).reason == "second_point_in_window"


async def test_a_suspicion_that_nothing_confirms_is_relayed_as_unconfirmed(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=6)

    assert await house.relays() == ["unconfirmed to command-center"]
    assert (await house.incident()).phase is Phase.SUSPECTED


async def test_a_suspicion_whose_points_are_restored_is_closed_at_the_deadline_and_kept(
    house: House,
) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=1)
    await house.restore("smoke-01")
    await house.wait(minutes=1)
    assert (await house.incident()).phase is Phase.SUSPECTED
    await house.wait(minutes=5)

    incident = await house.incident()
    assert (incident.phase, incident.outcome) == (Phase.CLOSED, Outcome.CLEARED)
    assert await house.relays() == []
    assert "closed: all_points_restored" in await house.timeline()


async def test_a_restored_point_still_confirms_a_second_one_within_the_window(house: House) -> None:
    await house.fire("smoke-01")
    await house.restore("smoke-01")
    await house.wait(minutes=4)
    await house.fire("smoke-02")

    assert await house.relays() == [COMMAND_CENTER]


async def test_a_restoration_never_ends_a_confirmed_fire(house: House) -> None:
    await house.fire("heat-01", quantity="temperature")
    await house.restore("heat-01")
    await house.wait(minutes=30)

    assert (await house.incident()).phase is Phase.CONFIRMED
    assert "closed to command-center" not in await house.relays()


async def test_the_next_stage_is_told_while_nobody_takes_the_fire(house: House) -> None:
    await house.fire("heat-01")
    await house.wait(seconds=59)
    assert await house.relays() == [COMMAND_CENTER]
    await house.wait(seconds=2)
    assert (await house.relays())[1:] == ["escalated to district", "escalated to owner"]
    await house.wait(minutes=3)
    assert (await house.relays())[3:] == ["escalated to command-center"]


async def test_no_further_stage_is_told_once_somebody_took_the_fire(house: House) -> None:
    await house.fire("heat-01")
    await house.wait(seconds=30)
    await house.acknowledge("Trực ban 1")
    await house.wait(seconds=299)

    assert await house.relays() == [COMMAND_CENTER, "acknowledged to command-center"]


async def test_everybody_who_was_told_learns_that_it_is_closed(house: House) -> None:
    await house.fire("heat-01")
    await house.answers("command-center")
    await house.wait(seconds=61)
    await house.answers("district", "owner")
    await house.restore("heat-01")
    await house.close("Trực ban 1", Outcome.GENUINE)

    assert (await house.relays())[3:] == [
        "closed to command-center",
        "closed to district",
        "closed to owner",
    ]


async def test_a_fire_after_the_closing_is_a_new_incident(house: House) -> None:
    await house.fire("heat-01")
    first = await house.close("Trực ban 1")
    await house.restore("heat-01")
    await house.wait(minutes=1)
    await house.fire("heat-01")

    incident = await house.incident()
    assert incident.id != first.id
    assert (await house.relays())[-1] == COMMAND_CENTER


async def test_a_point_left_standing_by_a_closed_incident_confirms_the_next_one(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=6)
    await house.close("Trực ban 1")
    await house.wait(minutes=60)
    notices = (await house.fire("smoke-02")).notices

    assert (await house.relays())[-1] == COMMAND_CENTER
    assert set(names(await house.incident())) == {"smoke-01", "smoke-02"}
    assert "smoke detector gian A2" in (await house.deliveries())[-1]["body"]
    assert [notice.reason for notice in notices.values()] == ["second_point_while_first_stands"]


async def test_a_point_that_was_restored_after_the_closing_confirms_nothing(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=6)
    await house.close("Trực ban 1")
    await house.restore("smoke-01")
    await house.fire("smoke-02")

    assert COMMAND_CENTER not in await house.relays()
    assert names(await house.incident()) == ["smoke-02"]


async def test_a_point_left_standing_that_reports_fire_again_is_told_again(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=6)
    await house.answers("command-center")
    await house.close("Trực ban 1")
    await house.fire("smoke-11")
    await house.fire("smoke-01")
    await house.wait(minutes=6)

    assert (await house.relays()).count("unconfirmed to command-center") == 3


async def test_points_that_join_a_fire_are_relayed_as_its_spreading(house: House) -> None:
    await house.fire("heat-01")
    await house.fire("smoke-11")

    assert await house.relays() == [COMMAND_CENTER, "spread to command-center"]


async def spreads(house: House) -> list[list[str]]:
    """The names of the new points of each message of a spread, also of those that were replaced."""
    rows = await house.rows("SELECT body FROM deliveries WHERE event = 'spread' ORDER BY number")
    return [[point["name"] for point in json.loads(row["body"])["new_points"]] for row in rows]


async def join(house: House, *numbers: int) -> None:
    for number in numbers:
        await house.fire(f"unknown-{number}")
        await house.answers("command-center")


async def test_the_first_spreads_are_told_at_once_and_further_ones_at_growing_intervals(
    house: House,
) -> None:
    await house.fire("heat-01")
    await join(house, *range(1, 9))
    assert await spreads(house) == [[f"unknown-{number}"] for number in range(1, 6)]

    await house.wait(seconds=10)
    assert (await spreads(house))[5:] == [["unknown-6", "unknown-7", "unknown-8"]]
    await join(house, 9, 10)
    await house.wait(seconds=19)
    assert len(await spreads(house)) == 6
    await house.wait(seconds=1)
    assert (await spreads(house))[6:] == [["unknown-9", "unknown-10"]]
    assert (await house.timeline()).count("spread: another_point_in_fire") == 10


async def test_a_message_of_a_spread_names_the_latest_points_and_counts_the_others(house: House) -> None:
    await house.fire("heat-01")
    await join(house, *range(1, 10))
    await house.wait(seconds=10)
    last = json.loads((await house.deliveries())[-1]["body"])
    assert "unknown-9; và 3 điểm khác; 10 điểm báo cháy" in last["text"]["vi"]
    assert last["cause"]["name"] == "unknown-9"


async def test_a_further_zone_or_a_call_point_is_told_at_once_with_what_waits(house: House) -> None:
    await house.fire("heat-01")
    await join(house, *range(1, 8))
    await house.fire("smoke-11")
    assert (await spreads(house))[5:] == [["unknown-6", "unknown-7", "smoke-11"]]
    await house.answers("command-center")
    await house.fire("button-01", quantity="manual")
    assert (await spreads(house))[6:] == [["button-01"]]
    await house.wait(minutes=10)
    assert len(await spreads(house)) == 7, "nothing waits any more"


async def test_a_restart_forgets_no_spread_that_waits(house: House) -> None:
    await house.fire("heat-01")
    await join(house, *range(1, 8))
    await house.restart()
    await house.wait(seconds=10)
    assert (await spreads(house))[5:] == [["unknown-6", "unknown-7"]]


async def test_a_fire_that_is_closed_tells_of_no_spread_afterwards(house: House) -> None:
    await house.fire("heat-01")
    await join(house, *range(1, 8))
    await house.close("Trực ban")
    await house.wait(minutes=10)
    assert len(await spreads(house)) == 5


async def test_500_points_in_fire_do_not_make_500_messages_wait(house: House) -> None:
    await house.fire("heat-01")
    for start in range(0, 500, 50):
        await house.send_signals(
            *(house.next(f"unknown-{number}") for number in range(start, start + 50))
        )
    await house.wait(seconds=10)

    waiting = await house.deliveries()
    assert [row["event"] for row in waiting] == ["confirmed", "spread"]
    assert len(names(await house.incident())) == 501
    shown = json.loads(waiting[1]["body"])
    assert (len(shown["points"]), shown["more_points"]) == (20, 481)


async def test_a_spread_goes_to_those_who_were_escalated_to_as_well(house: House) -> None:
    await house.fire("heat-01")
    await house.wait(seconds=61)
    await house.fire("smoke-01")

    assert (await house.relays())[3:] == [
        "spread to command-center",
        "spread to district",
        "spread to owner",
    ]


async def test_a_point_that_was_restored_and_is_in_fire_again_is_told_again_as_unconfirmed(
    house: House,
) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=6)
    await house.restore("smoke-01")
    await house.wait(minutes=20)
    await house.fire("smoke-01")
    await house.wait(minutes=6)

    assert await house.relays() == ["unconfirmed to command-center"] * 2


async def test_a_call_point_pressed_again_in_a_fire_that_somebody_has_is_told_again(
    house: House,
) -> None:
    await house.fire("button-01", quantity="manual")
    await house.fire("smoke-11")
    await house.acknowledge("Trực ban 1")
    await house.restore("button-01")
    await house.wait(minutes=4)
    await house.fire("button-01", quantity="manual")

    # The spread that still waited for its destination is replaced by the later one.
    assert (await house.relays())[1:] == ["acknowledged to command-center", "spread to command-center"]
    body = (await house.deliveries())[-1]["body"]
    assert "FIRE AGAIN at Chợ An Bình" in body
    assert "manual call point cổng chính" in body


async def test_a_point_that_only_repeats_itself_in_a_fire_is_not_told_again(house: House) -> None:
    await house.fire("heat-01")
    await house.fire("heat-01")

    assert await house.relays() == [COMMAND_CENTER]


async def test_points_of_different_zones_do_not_confirm_each_other(house: House) -> None:
    await house.fire("smoke-01")
    await house.fire("smoke-11")

    assert await house.relays() == []
    await house.wait(minutes=6)
    assert await house.relays() == ["unconfirmed to command-center", "unconfirmed to command-center"]


async def test_a_zone_that_cleared_does_not_clear_another_that_still_waits(house: House) -> None:
    await house.fire("smoke-01")
    await house.fire("smoke-11")
    await house.restore("smoke-11")
    await house.wait(minutes=3)
    assert (await house.incident()).phase is Phase.SUSPECTED
    await house.wait(minutes=3)

    assert await house.relays() == ["unconfirmed to command-center"]


async def test_a_flapping_point_cannot_put_off_its_own_deadline(house: House) -> None:
    await house.fire("smoke-01")
    for _ in range(2):
        await house.wait(minutes=2)
        await house.restore("smoke-01")
        await house.fire("smoke-01")
    await house.wait(minutes=1, seconds=1)

    assert await house.relays() == ["unconfirmed to command-center"]


async def test_a_second_point_confirms_while_the_unconfirmed_first_one_still_stands(
    house: House,
) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=10)
    await house.fire("smoke-02")

    assert (await house.incident()).reason == "second_point_while_first_stands"
    assert await house.relays() == ["unconfirmed to command-center", COMMAND_CENTER]


async def test_a_second_point_after_the_window_does_not_confirm_a_restored_first_one(
    house: House,
) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=6)
    await house.restore("smoke-01")
    await house.wait(minutes=6)
    await house.fire("smoke-02")

    assert (await house.incident()).phase is Phase.SUSPECTED


async def test_a_suspicion_somebody_took_is_still_relayed_when_it_is_confirmed(house: House) -> None:
    await house.fire("smoke-01")
    await house.acknowledge("Trực ban 1")
    await house.fire("smoke-02")
    await house.wait(seconds=61)

    incident = await house.incident()
    assert (incident.phase, incident.owner) == (Phase.CONFIRMED, None)
    assert await house.relays() == [COMMAND_CENTER, "escalated to district", "escalated to owner"]


# -- premises and points that nobody registered


@pytest.mark.parametrize("arrived", [(), (Phase.ON_SCENE,), (Phase.ON_SCENE, Phase.UNDER_CONTROL)])
async def test_a_suspicion_to_which_forces_went_is_still_relayed_when_it_is_confirmed(
    house: House, arrived: tuple[Phase, ...]
) -> None:
    await house.fire("smoke-01")
    await house.acknowledge("Trực ban 1")
    for phase in (Phase.DISPATCHED, *arrived):
        await house.go_on("Đội 1", phase)

    await house.fire("smoke-02")

    assert await house.relays() == [COMMAND_CENTER]
    assert (await house.incident()).phase is Phase.CONFIRMED


async def test_a_fire_at_unregistered_premises_is_told_to_the_command_center(house: House) -> None:
    house.premises = "nowhere"
    await house.fire("smoke-01")
    await house.wait(minutes=6)
    await house.fire("button", quantity="manual")

    assert await house.relays() == ["unconfirmed to command-center", COMMAND_CENTER]
    assert (await house.incident()).site.policy == "unregistered_premises"


async def test_premises_without_a_policy_are_told_to_the_command_center(house: House) -> None:
    house.premises = "nha-pho"
    await house.fire("smoke-01")
    await house.fire("smoke-02")

    assert await house.relays() == [COMMAND_CENTER]
    assert (await house.incident()).site.policy == "no_policy"


async def test_an_unregistered_point_confirms_together_with_any_other_of_the_premises(
    house: House,
) -> None:
    await house.fire("smoke-01")
    await house.fire("smoke-99")

    assert await house.relays() == [COMMAND_CENTER]


@pytest.mark.parametrize("name", ["smoke-01", "nobody-knows"])
async def test_one_name_heard_by_two_gateways_does_not_confirm_itself(house: House, name: str) -> None:
    await house.fire(name)
    house.gateway = "gw-2"
    await house.fire(name)

    assert await house.relays() == []
    assert names(await house.incident()) == [name, name]


async def test_a_restoration_at_one_gateway_does_not_restore_the_same_name_at_another(
    house: House,
) -> None:
    await house.fire("smoke-01")
    house.gateway = "gw-2"
    await house.fire("smoke-01")
    await house.restore("smoke-01")
    await house.wait(minutes=6)

    assert await house.relays() == ["unconfirmed to command-center"]


async def test_a_detector_named_like_a_call_point_of_another_gateway_is_no_call_point(
    house: House,
) -> None:
    house.gateway = "gw-2"
    await house.fire("button-01", quantity="smoke")

    assert await house.relays() == []
    assert (await house.fire_incident()).zones == ()


async def test_a_point_that_is_registered_while_it_is_in_fire_does_not_confirm_itself(
    house: House,
) -> None:
    await house.fire("smoke-99")
    await house.register("smoke-99", zone="stalls-a")
    await house.fire("smoke-99")
    await house.wait(minutes=1)

    assert await house.relays() == []
    assert names(await house.incident()) == ["smoke-99"]


# -- other signals


@pytest.mark.parametrize("kind", [Kind.PREALARM, Kind.TEST])
async def test_other_signals_are_recorded_and_page_nobody(house: House, kind: Kind) -> None:
    await house.report("button-01", kind)
    await house.wait(minutes=30)

    assert await house.incidents() == []
    assert await house.relays() == []
    assert await house.timeline() == ["signal: smoke_above_alarm"]


# -- clocks


@pytest.mark.parametrize("year", [1970, 2099])
async def test_a_clock_that_was_never_set_loses_no_fire_and_is_shown(house: House, year: int) -> None:
    wrong = datetime(year, 1, 2, tzinfo=UTC)
    await house.fire("smoke-01", at=wrong)
    await house.fire("smoke-02", at=house.now)

    assert await house.relays() == [COMMAND_CENTER]
    assert "clock: bad_clock" in await house.timeline()
    row = (await house.rows("SELECT * FROM signals"))[0]
    assert row["changed_at"] != row["happened_at"] == row["received_at"]


async def test_a_bad_clock_is_not_taken_for_an_old_signal(house: House) -> None:
    await house.fire("smoke-01", at=datetime(1970, 1, 2, tzinfo=UTC))
    await house.wait(minutes=10)
    await house.restore("smoke-01")
    await house.wait(minutes=10)
    await house.fire("smoke-02", at=datetime(1970, 1, 2, tzinfo=UTC))

    assert COMMAND_CENTER not in await house.relays()


async def test_a_clock_ten_minutes_off_is_corrected_by_what_heartbeats_showed(house: House) -> None:
    late = timedelta(minutes=10)
    await house.fire("smoke-01")
    house.epoch = "e2"
    await house.send_signals(signal(1, "smoke-02", house.now - late), offset=600_000_000)

    assert await house.relays() == [COMMAND_CENTER]
    assert "clock: corrected_clock" in await house.timeline()


async def test_two_signals_that_were_held_up_together_confirm_by_when_they_changed(house: House) -> None:
    await house.send_signals(
        house.next("smoke-01", at=START - timedelta(minutes=30)),
        house.next("smoke-02", at=START - timedelta(minutes=29)),
    )
    assert await house.relays() == [COMMAND_CENTER]


async def test_two_signals_held_up_together_that_changed_far_apart_do_not_confirm(house: House) -> None:
    await house.send_signals(
        house.next("smoke-01", at=START - timedelta(minutes=50)),
        house.next("smoke-01", at=START - timedelta(minutes=49), edge=Edge.RESTORED),
        house.next("smoke-02", at=START - timedelta(minutes=20)),
    )
    assert await house.relays() == []
    await house.wait(seconds=11)
    assert await house.relays() == ["unconfirmed to command-center"]


async def test_what_an_outage_of_two_hours_held_up_is_not_taken_for_one_moment(house: House) -> None:
    await house.send_signals(
        house.next("smoke-01", at=START - timedelta(minutes=150)),
        house.next("smoke-01", at=START - timedelta(minutes=149), edge=Edge.RESTORED),
        house.next("smoke-02", at=START - timedelta(minutes=120)),
        house.next("smoke-02", at=START - timedelta(minutes=119), edge=Edge.RESTORED),
        offset=0,
    )
    await house.wait(minutes=6)

    assert await house.relays() == []


async def test_two_points_that_still_stand_after_they_came_late_together_are_confirmed(
    house: House,
) -> None:
    await house.send_signals(
        house.next("smoke-01", at=START - timedelta(minutes=20)),
        house.next("smoke-02", at=START - timedelta(minutes=10)),
    )
    await house.wait(seconds=11)

    assert await house.relays() == [COMMAND_CENTER]
    assert (await house.incident()).reason == "second_point_while_first_stands"
    assert '"name":"smoke-02"' in (await house.deliveries())[0]["body"]


async def test_two_points_that_stand_in_different_zones_are_not_confirmed_by_having_come_late(
    house: House,
) -> None:
    await house.send_signals(
        house.next("smoke-01", at=START - timedelta(minutes=20)),
        house.next("smoke-11", at=START - timedelta(minutes=10)),
    )
    await house.wait(seconds=11)

    assert set(await house.relays()) == {"unconfirmed to command-center"}


async def test_a_fire_overtaken_by_its_own_restoration_is_a_suspicion_that_clears(house: House) -> None:
    raised, restored = house.next("smoke-01"), house.next("smoke-01", edge=Edge.RESTORED)
    await house.send_signals(restored)
    await house.send_signals(raised)
    await house.wait(minutes=6)

    assert (await house.incident()).outcome is Outcome.CLEARED
    assert await house.relays() == []


async def test_a_restoration_that_a_newer_fire_overtook_restores_nothing(house: House) -> None:
    await house.fire("smoke-01")
    restored = house.next("smoke-01", edge=Edge.RESTORED)
    await house.fire("smoke-01")
    await house.send_signals(restored)
    await house.wait(minutes=6)

    assert await house.relays() == ["unconfirmed to command-center"]


async def test_an_old_restoration_of_another_epoch_restores_no_newer_fire(house: House) -> None:
    old = house.next("smoke-01", edge=Edge.RESTORED)
    await house.wait(minutes=1)
    house.epoch = "e2"
    await house.fire("smoke-01")
    house.epoch = "e1"
    await house.send_signals(old)
    await house.wait(minutes=6)

    assert await house.relays() == ["unconfirmed to command-center"]


async def test_a_restoration_of_another_epoch_at_the_same_moment_or_later_restores(
    house: House,
) -> None:
    await house.fire("smoke-01")
    house.epoch, house.seq = "e0", 0
    await house.restore("smoke-01")
    await house.wait(minutes=6)

    assert await house.relays() == []


@pytest.mark.parametrize("together", [True, False])
async def test_a_fire_overtaken_by_its_restoration_of_another_epoch_is_one_that_clears(
    house: House, *, together: bool
) -> None:
    raised = house.arrival(house.next("smoke-01"))
    house.epoch = "e2"
    restored = house.arrival(house.next("smoke-01", at=START + timedelta(seconds=1), edge=Edge.RESTORED))
    await house.wait(seconds=2)
    for some in [[restored, raised]] if together else [[restored], [raised]]:
        await house.engine.intake.accept_arrivals(some, house.now)
    await house.wait(minutes=6)

    assert (await house.incident()).outcome is Outcome.CLEARED
    assert await house.relays() == []


@pytest.mark.parametrize("epochs", [("a", "b"), ("b", "a")])
async def test_messages_of_two_epochs_are_taken_in_the_order_in_which_they_came(
    house: House, epochs: tuple[str, str]
) -> None:
    arrivals = []
    for house.epoch, edge in zip(epochs, (Edge.RAISED, Edge.RESTORED), strict=True):
        arrivals.append(house.arrival(house.next("smoke-01", edge=edge)))
    await house.engine.intake.accept_arrivals(arrivals, house.now)
    await house.wait(minutes=6)

    assert await house.relays() == []


# -- duplicates and restarts


async def test_a_signal_sent_many_times_counts_once(house: House) -> None:
    one = house.next("smoke-01")
    for _ in range(3):
        receipts = (await house.send_signals(one, one)).receipts

    assert len(await house.rows("SELECT * FROM signals")) == 1
    assert receipts == {("cho", "gw-1", "e1"): [proof_of(one)] * 2}


async def test_of_a_gateway_with_a_past_only_what_came_is_receipted(house: House) -> None:
    one = signal(410, "smoke-01", house.now)
    assert list((await house.send_signals(one, floor=410)).receipts.values()) == [[proof_of(one)]]


async def test_a_floor_out_of_its_mind_hides_no_signal(house: House) -> None:
    await house.send_signals(floor=2**52)
    await house.fire("button-01", quantity="manual")

    assert await house.relays() == [COMMAND_CENTER]


async def test_a_restart_in_the_middle_continues_the_window(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=2)
    await house.restart()
    await house.wait(minutes=4)

    assert await house.relays() == ["unconfirmed to command-center"]


async def test_deadlines_that_came_while_nobody_ran_are_run_at_once(house: House) -> None:
    await house.fire("heat-01")
    house.now += timedelta(hours=2)
    await house.restart()
    await house.engine.deadlines.run_due(house.now)

    assert await house.relays() == [
        "escalated to district",
        "escalated to owner",
        "escalated to command-center",
    ], "each stage once, in one message to each: not one for each minute that nobody ran"


async def test_an_incident_that_cannot_be_read_does_not_hold_up_the_deadlines_of_others(
    house: House,
) -> None:
    await house.fire("smoke-01")
    damage = "UPDATE incidents SET state = '{'"
    await house.engine.database.write(lambda connection: connection.exec_driver_sql(damage).rowcount)
    house.premises = "nha-pho"
    await house.fire("smoke-01")
    await house.wait(minutes=6)

    assert await house.relays() == ["unconfirmed to command-center"]


# -- people


async def test_taking_an_incident_twice_is_the_same_as_once(house: House) -> None:
    await house.fire("heat-01")
    first = await house.acknowledge("Trực ban 1")
    await house.wait(seconds=5)
    again = await house.acknowledge("Trực ban 1")

    assert again == first
    assert (await house.relays()).count("acknowledged to command-center") == 1


async def test_what_one_took_another_cannot_take(house: House) -> None:
    await house.fire("heat-01")
    await house.acknowledge("Trực ban 1")

    with pytest.raises(ActionRefused) as refused:
        await house.acknowledge("Trực ban 2")
    assert refused.value.owner == "Trực ban 1"


async def test_an_incident_that_does_not_exist_cannot_be_taken(house: House) -> None:
    with pytest.raises(NoSuchIncident):
        await house.engine.operators.acknowledge(IncidentId("nothing"), by="Trực ban 1", now=house.now)


async def test_the_site_is_told_what_became_of_its_signals(house: House) -> None:
    told = [
        await house.fire("smoke-01"),
        await house.fire("smoke-02"),
    ]
    notices = [notice for each in told for notice in each.notices.values()]
    assert [(notice.phase, notice.reason) for notice in notices] == [
        ("suspected", "first_point_waiting"),
        ("confirmed", "second_point_in_window"),
    ]


async def test_the_relay_reads_like_a_sentence_of_a_duty_officer(house: House) -> None:
    await house.fire("smoke-01")
    await house.fire("smoke-02")

    body = (await house.deliveries())[0]["body"]
    short_id = (await house.incident()).id[-4:]
    assert (
        "CHÁY tại Chợ An Bình, 1 Trần Phú, 15:00: đầu báo khói gian A1; đầu báo khói gian A2. "
        f"Gọi 114. #{short_id}" in body
    )
    assert (
        "FIRE at Chợ An Bình, 1 Trần Phú, 15:00: smoke detector gian A1; smoke detector gian A2. "
        f"Call 114. #{short_id}" in body
    )
