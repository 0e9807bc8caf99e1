"""One receiver: transmitters in, one durable inbox, a gateway for each account out."""

import asyncio
from contextlib import AsyncExitStack

import structlog

from contract.times import to_micros
from gateway.domain.model.moment import Moment
from receiver.adapters.account_gateway import AccountGateway, alarm_lane
from receiver.adapters.account_numbers import AccountNumbers
from receiver.adapters.account_supervisor import AccountSupervisor
from receiver.adapters.change_log import ChangeLog
from receiver.adapters.connections import Listeners
from receiver.adapters.frame_quarantine import FrameQuarantine
from receiver.adapters.gbt_reception import GbtReception
from receiver.adapters.metrics import Metrics
from receiver.adapters.reading_lane import ReadingLane, ReadingRoom, gateway_of, lane_name
from receiver.adapters.reception import Reception
from receiver.adapters.shared_inbox import open_inbox
from receiver.adapters.shared_uplink import SharedUplink
from receiver.adapters.status import serve_status
from receiver.adapters.uplink_turns import AccountTurn, UplinkTurns
from receiver.domain.address_budget import AddressBudget
from receiver.domain.frame_splitter import FrameSplitter
from receiver.domain.gbt_frame import GbtSplitter
from receiver.settings import ListenerSettings, Settings
from runtime.clock import Clock, utc_now
from runtime.folder_lock import lock_folder
from runtime.host_names import HostNames
from runtime.process import keep_watchdog
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)


async def run(settings: Settings, clock: Clock = utc_now) -> None:
    """Run until cancelled.

    What is entered last is left first: nothing more is heard, the center gets a goodbye, and what was
    taken is stored.
    """
    loop = asyncio.get_running_loop()

    def now() -> Moment:
        return Moment(to_micros(clock()), loop.time())

    metrics = Metrics()
    others = settings.gbt.transmitters
    plans = [
        settings.own_plan(),
        *(each.plan() for each in settings.accounts),
        *(each.plan() for each in others),
    ]
    async with AsyncExitStack() as stack:
        stack.enter_context(lock_folder(settings.data_dir))
        inbox = await stack.enter_async_context(open_inbox(settings.data_dir / "inbox.db", clock))
        measuring = {each.plan().name for each in others}
        opened = await inbox.open_lanes([*(each.name for each in plans), *map(lane_name, measuring)])
        lanes = {name: lane for name, lane in opened.items() if gateway_of(name) is None}
        reading_lanes = {
            gateway: lane for name, lane in opened.items() if (gateway := gateway_of(name)) is not None
        }
        uplink = SharedUplink(
            settings.broker,
            client_id=settings.client_id,
            own=(settings.premises, settings.gateway),
            gateways=lanes,
            measuring=reading_lanes,
            now=now,
            reset_s=settings.reset_s,
            names=HostNames(settings.data_dir / "addresses.json"),
        )
        at_broker = UplinkTurns()
        turns = {name: AccountTurn(at_broker) for name in lanes}
        senders = {
            name: alarm_lane(
                lane,
                publish=uplink.publisher(name),
                turn=turns[name],
                clock=clock,
                metrics=metrics,
            )
            for name, lane in lanes.items()
        }
        change_log = ChangeLog()
        readings = {
            name: ReadingLane(lane, publish=uplink.reading_publisher(name), clock=clock, metrics=metrics)
            for name, lane in reading_lanes.items()
        }
        thresholds = settings.thresholds()
        gateways = [
            AccountGateway(
                plan,
                inbox,
                lanes[plan.name],
                sender=senders[plan.name],
                turn=turns[plan.name],
                thresholds=thresholds,
                most_unknown=settings.most_unknown_points,
                now=now,
                change_log=change_log,
                metrics=metrics,
                readings=readings.get(plan.name),
            )
            for plan in plans
        ]
        _warn_of_removed(lanes.keys() - {each.name for each in plans})
        uplink.serve(
            senders,
            {each.plan.name: each for each in gateways},
            readings={name: each.sender for name, each in readings.items()},
        )
        own, by_number = gateways[0], gateways[1 : 1 + len(settings.accounts)]
        by_address = gateways[1 + len(settings.accounts) :]
        accounts = AccountNumbers(own, by_number, by_address)
        quarantine = Quarantine(settings.data_dir / "quarantine", clock, metrics.registry)
        set_aside = FrameQuarantine(quarantine, clock, metrics)
        supervisor = AccountSupervisor(accounts.all, now=now, metrics=metrics)
        reception = Reception(accounts, set_aside, now=now, metrics=metrics)
        dc09, gbt = settings.dc09, settings.gbt
        listeners = Listeners(reception, FrameSplitter, _budget(dc09), dc09.bounds(), metrics=metrics)
        room = ReadingRoom(settings.data_dir, list(readings.values()))
        gbt_reception = GbtReception(own, by_address, set_aside, room, now=now, metrics=metrics)
        gbt_listeners = Listeners(
            gbt_reception, GbtSplitter, _budget(gbt), gbt.bounds(), metrics=metrics
        )
        await stack.enter_async_context(uplink.running())
        await stack.enter_async_context(
            serve_status(
                settings.web, uplink=uplink, supervisor=supervisor, accounts=accounts, metrics=metrics
            )
        )
        ports = await stack.enter_async_context(
            listeners.listening(
                dc09.host, tcp=dc09.port if dc09.tcp else None, udp=dc09.port if dc09.udp else None
            )
        )
        ports += await stack.enter_async_context(
            gbt_listeners.listening(
                gbt.host,
                tcp=gbt.port if others and gbt.tcp else None,
                udp=gbt.port if others and gbt.udp else None,
            )
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(set_aside.run(), name="quarantine")
            tasks.create_task(listeners.watch(), name="connections")
            tasks.create_task(gbt_listeners.watch(), name="connections of GB/T 26875.3")
            tasks.create_task(gbt_reception.ask(), name="questions")
            tasks.create_task(room.run(), name="room for readings")
            tasks.create_task(supervisor.run(), name="supervisor")
            tasks.create_task(uplink.publish_heartbeats(settings.heartbeat_s), name="heartbeats")
            tasks.create_task(keep_watchdog(supervisor.is_progressing), name="watchdog")
            log.info("receiver started", accounts=len(plans) - 1, host=dc09.host, ports=ports)


def _budget(settings: ListenerSettings) -> AddressBudget:
    return AddressBudget(settings.frames_s, settings.frames_at_once)


def _warn_of_removed(names: set[str]) -> None:
    for name in sorted(names):
        log.warning("signals of an account that was removed are still sent", gateway=name)
