"""Console: the duty desk, between browsers and the center's HTTP."""

import asyncio
from pathlib import Path

import aiohttp

import console
from console.adapters.center import CenterClient
from console.adapters.center_watch import CenterWatch
from console.adapters.incident_refresh import IncidentRefresh
from console.adapters.live import LiveApi
from console.adapters.map_data import MapApi
from console.adapters.metrics import Metrics
from console.adapters.pages import Pages
from console.adapters.passing_on import PassingOn
from console.adapters.presence_reports import PresenceReports
from console.adapters.screens import Screens
from console.adapters.server import web_app
from console.adapters.session_checks import Sessions
from console.adapters.upstream_feed import UpstreamFeed
from console.domain.desk_rows import OpenRows
from console.domain.entry_gaps import EntryGaps
from console.domain.items import FeedEntry
from console.settings import Settings
from contract.http.console import ConsoleHealth, LiveTick, PartState
from contract.times import to_micros
from runtime.clock import Clock, utc_now
from runtime.process import keep_watchdog
from runtime.refused_requests import RefusedRequests
from runtime.web import serve
from runtime.web_connections import ConnectionLimits, WebConnections

PAGES = Path(console.__file__).parent / "static"
"""The built pages, as they are installed with Tocsin."""


async def run(settings: Settings, clock: Clock = utc_now) -> None:
    """Run until cancelled; nothing is kept, so that nothing is lost by that."""
    metrics, incidents, gaps = Metrics(), OpenRows(), EntryGaps()
    # One connector for all: its bound is that of the places, and those of console itself.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=15.0)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar, auto_decompress=False) as http:
        center = CenterClient(settings.center, http, metrics)
        sessions = Sessions(center)

        def tick() -> LiveTick:
            metrics.upstream.set(watch.upstream(0.0).state is PartState.OK)
            return LiveTick(
                at=to_micros(clock()),
                upstream=watch.upstream(refresh.lag_s()),
                ingest=watch.ingest(),
                broker=watch.broker(),
                clock_offset_ms=watch.offset_ms,
                gap=gaps.count(asyncio.get_running_loop().time()),
                screens=len(screens),
            )

        def on_entry(entry: FeedEntry) -> None:
            if gaps.note(entry.id, asyncio.get_running_loop().time()):
                refresh.read_all()
            if entry.incident is not None:
                refresh.note(entry.incident)
            screens.note_entry(entry)

        def on_other_database() -> None:
            gaps.begin_anew()
            refresh.begin_anew()
            screens.begin_anew()

        screens = Screens(incidents, metrics, tick, waiting_bytes=settings.live.waiting_bytes)
        refresh = IncidentRefresh(center, incidents, on_change=screens.note_rows)
        feed = UpstreamFeed(
            center, on_entry=on_entry, on_open=refresh.read_all, on_other=on_other_database
        )
        watch = CenterWatch(
            settings.center, http, clock, has_feed=lambda: feed.is_open and refresh.is_complete
        )
        live = LiveApi(screens, sessions, clock, limits=settings.live, metrics=metrics)
        proxies = settings.web.proxy_networks
        passing = PassingOn(settings.center, http, sessions, proxies=proxies, metrics=metrics)
        presence = PresenceReports(
            sessions, clock, headers_of=passing.client_headers, ask_as=passing.post_as
        )
        on_map = MapApi(settings.map, incidents, sessions, http, get_as=passing.get_as)
        pages = Pages(settings.pages or PAGES)
        clients = WebConnections(
            ConnectionLimits(settings.web.connections, settings.web.connections_by_address), metrics.http
        )

        def health() -> ConsoleHealth:
            upstream = watch.upstream(0.0)
            return ConsoleHealth(
                ok=upstream.state is PartState.OK,
                alerting=upstream.state.value,
                ingest=watch.ingest().state.value,
                screens=len(screens),
                page="built" if pages.are_built else "missing",
                web=clients.trouble or "ok",
            )

        app = web_app(
            settings=settings.web,
            live=live,
            passing=passing,
            pages=pages,
            metrics=metrics.registry,
            health=health,
            refusals=RefusedRequests(metrics.http.refused_requests),
            more=[*presence.routes(), *on_map.routes()],
        )

        async def let_screens_go(_: object) -> None:
            screens.end()

        app.on_shutdown.append(let_screens_go)
        async with (
            serve(app, settings.web.host, settings.web.port, connections=clients),
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(watch.run(), name="center watched")
            tasks.create_task(feed.run(), name="feed of alerting")
            tasks.create_task(refresh.run(), name="open incidents read")
            tasks.create_task(sessions.run(), name="sessions")
            tasks.create_task(screens.run(), name="screens served")
            tasks.create_task(presence.run(), name="presence reported")
            tasks.create_task(keep_watchdog(lambda: screens.are_ticking), name="watchdog")
