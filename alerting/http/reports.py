"""Reports over HTTP: made by a process of their own, about the premises of whoever asks."""

from contextlib import aclosing
from datetime import date, timedelta

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.http.access import rights_of
from alerting.http.acting import Said, operator_of
from alerting.http.asked_places import NoSuchArea
from alerting.http.report_processes import (
    ReportFailed,
    ReportProcesses,
    ReportRefused,
    TooManyReports,
)
from audit.domain.entry import AuditEntry, AuditKind
from contract.http.checking import BadRequest, read_body, read_query
from contract.http.permissions import Permission
from contract.http.reports import DailyFiguresRequest, RecordedFigures, ReportQuery
from contract.times import Micros, to_micros
from registry.domain.local_days import local_day_at
from registry.model.local_time import LOCAL_TIME
from reports.domain.daily_sheet import WHOLE_CENTER, DailyEntry
from reports.order import CONTENT_TYPES, ReportForm, ReportOrder
from reports.store.daily import day_number, record_act
from runtime.clock import Clock
from runtime.database import Database
from runtime.json_answers import json_answer

REPORTS = ("figures", "response", "availability", "daily", "duties", "shifts")
"""The reports, as they stand in the path."""

_BUSY = "other reports are being made; ask again in a minute"
_FAILED = "the report could not be made; look at alerting's log, or ask for a shorter period"
_NO_FORM = f"no such form of a report; ask for one of {', '.join(ReportForm)}"


class ReportsApi:
    """Answers requests for reports, made by *processes*, and records figures in *database*."""

    def __init__(self, processes: ReportProcesses, database: Database, clock: Clock) -> None:
        self._processes = processes
        self._database = database
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of reports."""
        return [
            *(web.get(f"/api/v1/reports/{name}.{{format}}", self.report) for name in REPORTS),
            web.put("/api/v1/reports/daily", self.record),
        ]

    async def report(self, request: web.Request) -> web.StreamResponse:
        """``GET /api/v1/reports/{name}.{format}``."""
        order = self._order(request)
        try:
            async with aclosing(self._processes.chunks(order)) as chunks:
                first = await anext(chunks)
                answer = _answer(order)
                await answer.prepare(request)
                await answer.write(first)
                async for chunk in chunks:
                    await answer.write(chunk)
                await answer.write_eof()
                return answer
        except TooManyReports:
            return json_answer({"error": _BUSY}, status=503)
        except ReportRefused as error:
            raise BadRequest(str(error)) from None
        except ReportFailed:
            return json_answer({"error": _FAILED}, status=503)

    async def record(self, request: web.Request) -> web.Response:
        """``PUT /api/v1/reports/daily``."""
        asked, rights = read_body(await request.read(), DailyFiguresRequest), rights_of(request)
        now = to_micros(self._clock())
        _check_recorded_day(asked.day, local_day_at(now))
        _check_lines(asked)
        _check_area(rights, asked.area, needed=Permission.REPORTS_WRITE)
        said = Said(asked.by, asked.note)
        operator = operator_of(rights, said, needed=Permission.REPORTS_WRITE)
        day = day_number(asked.day)
        note = operator.proof.note
        entries = [
            DailyEntry(asked.area or WHOLE_CENTER, day, each.line, each.value, note, operator.by)
            for each in asked.figures
        ]

        act = _audited(asked, operator.account or operator.by, now)
        await self._database.write(
            lambda connection: record_act(connection, entries, account=operator.account, act=act)
        )
        return json_answer(
            RecordedFigures(day=asked.day, area=asked.area, recorded=len(entries), by=operator.by)
        )

    def _order(self, request: web.Request) -> ReportOrder:
        asked, rights = read_query(request.query, ReportQuery), rights_of(request)
        _check_area(rights, asked.area, needed=Permission.REPORTS_READ)
        name, _, form = request.path.rpartition("/")[2].partition(".")
        if form not in {each.value for each in ReportForm}:
            raise web.HTTPNotFound(text=_NO_FORM)
        within, areas = (
            rights.visible(Permission.REPORTS_READ).named,
            rights.areas(Permission.REPORTS_READ),
        )
        if asked.area is not None:
            held = rights.tree.below(frozenset({asked.area}), rights.day)
            within = held if within is None else within & held
        return ReportOrder(
            database=self._processes.url,
            name=name,
            form=ReportForm(form),
            first=asked.first.isoformat(),
            end=asked.end.isoformat(),
            as_of=to_micros(self._clock()),
            zone=LOCAL_TIME,
            language=asked.lang,
            within=None if within is None else sorted(within),
            areas=None if areas is None else sorted(areas),
            area=asked.area,
        )


def _answer(order: ReportOrder) -> web.StreamResponse:
    file = f"{order.name}-{order.first}-{order.end}.{order.form}"
    headers = {
        "Content-Type": CONTENT_TYPES[order.form],
        "Content-Disposition": f'attachment; filename="{file}"',
    }
    return web.StreamResponse(headers=headers)


def _check_recorded_day(day: date, today: date) -> None:
    """Raise BadRequest unless *day* is one of the last year: a sheet is written when its day is over."""
    if not today - timedelta(days=366) <= day <= today:
        raise BadRequest(f"{day}: figures are entered for days of the last year; correct the day")


def _audited(asked: DailyFiguresRequest, by: str, now: Micros) -> AuditEntry:
    figures = {str(each.line): str(each.value) for each in asked.figures}
    return AuditEntry(
        now, AuditKind.ACT, by, f"daily figures of {asked.day}", {"area": asked.area or "", **figures}
    )


def _check_lines(asked: DailyFiguresRequest) -> None:
    numbers = [each.line for each in asked.figures]
    if len(numbers) != len(set(numbers)):
        raise BadRequest("body 'figures' has a line twice; name each line once")


def _check_area(rights: Rights, area: str | None, *, needed: Permission) -> None:
    """Raise NoSuchArea unless *area* is there for whoever asks; None is the whole of the center."""
    reach = rights.areas(needed)
    if area is None:
        if reach is None or needed is Permission.REPORTS_READ:
            return
        raise BadRequest("body 'area' is missing; name the area that the figures are of")
    if not rights.tree.has(area) or (reach is not None and area not in reach):
        raise NoSuchArea(area)
