"""Duties as the HTTP interface shows them (docs/duties.md)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from contract.http.duties import (
    Board,
    BoardArea,
    BoardPremises,
    BoardState,
    Duties,
    DutyCount,
    DutyOfPremises,
    DutyRecord,
    DutyRuleList,
    DutyRuleRow,
    PointTest,
    PremisesDuties,
)
from duties.board import BoardRow
from duties.domain.due import DutyItem, DutyState, NotApplicable, completeness, state_on
from duties.domain.events import NOTHING_DONE, DutyEvent, DutyStanding
from duties.domain.live import interval_of_tests, last_tests, late_points
from duties.domain.plan import DutyRules, PremisesPlan
from duties.listing import DutyPosition
from duties.pages import DutyPage
from duties.rows import OWED
from registry.model.duty_rules import DutyRule
from registry.model.places import Point


def place_after(text: str | None) -> DutyPosition | None:
    """Return the place in a list that *text* names; None for the beginning."""
    if text is None:
        return None
    due, premises, duty = text.split(".")
    return DutyPosition(int(due), premises, duty)


def page_answer(page: DutyPage, day: date, rules: DutyRules) -> Duties:
    """Return *page* as of *day*."""
    last = page.items[-1] if page.items else None
    place = None if last is None else DutyPosition.after(last)
    return Duties(
        day=day,
        duties=[_item(each, day, page.names.get(each.premises, ""), rules) for each in page.items],
        counts=[DutyCount(state=each, count=page.counts.get(each, 0)) for each in DutyState],
        next=None if place is None or not page.more else f"{place.due}.{place.premises}.{place.duty}",
    )


def item_answer(
    plan: PremisesPlan, duty: str, standing: DutyStanding | None, *, day: date
) -> DutyOfPremises:
    """Return *duty* of the premises of *plan* as of *day*."""
    return _of_premises(plan, plan.item(duty, standing or NOTHING_DONE), day)


def _of_premises(plan: PremisesPlan, found: DutyItem | NotApplicable, day: date) -> DutyOfPremises:
    if isinstance(found, DutyItem):
        return _item(found, day, plan.name, plan.rules)
    rule = plan.rules.by_duty[found.duty][-1]
    return DutyOfPremises(
        premises=plan.premises,
        premises_name=plan.name,
        duty=found.duty,
        name=rule.name,
        kind=rule.kind,
        rule=rule.id,
        source=rule.source,
        state=DutyState.NOT_APPLICABLE,
        reason=found.reason.value,
        missing=list(found.missing),
    )


def _item(item: DutyItem, day: date, premises_name: str, rules: DutyRules) -> DutyOfPremises:
    found, rule, standing = state_on(item, day), rules.by_id.get(item.rule), item.standing
    return DutyOfPremises(
        premises=item.premises,
        premises_name=premises_name,
        duty=item.duty,
        name=item.duty if rule is None else rule.name,
        kind=item.kind,
        rule=item.rule,
        source="" if rule is None else rule.source,
        state=found.state,
        reason=found.reason.value,
        due_on=item.due_on,
        days_left=found.days_left,
        done_on=standing.done_on,
        outcome=standing.outcome,
    )


def event_answer(event: DutyEvent, corrected_by: int | None) -> DutyRecord:
    """Return *event*, which *corrected_by* took the place of, if any."""
    return DutyRecord(
        id=event.id,
        premises=event.premises,
        duty=event.duty,
        done_on=event.done_on,
        outcome=event.outcome,
        by=event.by,
        account=event.account,
        role=event.role,
        note=event.note,
        file=event.file,
        source=event.source.value,
        source_id=event.source_id,
        good_until=event.good_until,
        corrects=event.corrects,
        corrected_by=corrected_by,
        recorded_at=event.recorded_at,
    )


def premises_answer(
    plan: PremisesPlan,
    standings: Mapping[str, DutyStanding],
    day: date,
    *,
    proven: Mapping[str, date],
    points: Mapping[str, Point],
) -> PremisesDuties:
    """Return all duties of the premises of *plan* as of *day*, and points that are late to test."""
    shown = [_of_premises(plan, each, day) for each in plan.items(standings)]
    tests = last_tests({name: each.tested_on for name, each in points.items()}, proven)
    known = {name: tested if tested is None or tested <= day else None for name, tested in tests.items()}
    late = late_points(known, interval_of_tests(plan), day)
    return PremisesDuties(
        premises=plan.premises,
        name=plan.name,
        day=day,
        duties=shown,
        completeness=completeness(each.state for each in shown),
        points=len(points),
        late_to_test=[
            PointTest(point=each.point, place=points[each.point].place, tested_on=each.tested_on)
            for each in late
        ],
    )


def rules_answer(rules: DutyRules, version: int) -> DutyRuleList:
    """Return all *rules* of the registry of *version*."""
    found = [_rule(each) for rows in rules.by_duty.values() for each in rows]
    return DutyRuleList(version=version, rules=found)


def _rule(rule: DutyRule) -> DutyRuleRow:
    group = rule.group.model_dump(mode="json", exclude_defaults=True)
    every = None if rule.every is None else rule.every.model_dump(exclude_defaults=True)
    return DutyRuleRow(
        id=rule.id,
        duty=rule.of_duty,
        name=rule.name,
        name_en=rule.name_en,
        kind=rule.kind,
        group=group,
        every=every,
        once_by=rule.once_by,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        done_by=rule.done_by.value,
        remind_before_days=list(rule.remind_before_days),
        share=rule.share,
        source=rule.source,
    )


def board_answer(
    rows: Iterable[BoardRow], day: date, *, live: Collection[str], areas: Mapping[str, str]
) -> Board:
    """Return the board of *rows* as of *day*; *live* premises are heard now, *areas* have names."""
    grouped: dict[str | None, list[BoardRow]] = defaultdict(list)
    for row in rows:
        grouped[row.area].append(row)
    ordered = sorted(grouped.items(), key=lambda each: (each[0] is None, each[0] or ""))
    found = [_area(area, some, day, live=live, areas=areas) for area, some in ordered]
    days = [row.connect_by for some in grouped.values() for row in some if row.connect_by is not None]
    by = min(days, default=None)
    owed, connected = sum(each.owed for each in found), sum(each.connected for each in found)
    return Board(
        day=day,
        by=by,
        days_left=None if by is None else (by - day).days,
        owed=owed,
        connected=connected,
        declared=sum(each.declared for each in found),
        neither=sum(each.neither for each in found),
        unknown=sum(each.unknown for each in found),
        percent=_percent(connected, owed),
        areas=found,
    )


def _area(
    area: str | None,
    rows: Sequence[BoardRow],
    day: date,
    *,
    live: Collection[str],
    areas: Mapping[str, str],
) -> BoardArea:
    shown = [_board_premises(row, day, row.premises in live) for row in rows if row.connection == OWED]
    counts = {state: sum(each.state is state for each in shown) for state in BoardState}
    return BoardArea(
        area=area,
        name=areas.get(area or "", area or ""),
        owed=len(shown),
        connected=counts[BoardState.CONNECTED],
        declared=counts[BoardState.DECLARED],
        neither=counts[BoardState.NEITHER],
        unknown=len(rows) - len(shown),
        percent=_percent(counts[BoardState.CONNECTED], len(shown)),
        premises=shown,
    )


def _board_premises(row: BoardRow, day: date, live: bool) -> BoardPremises:  # noqa: FBT001
    return BoardPremises(
        premises=row.premises,
        name=row.name,
        state=_board_state(row, day, is_live=live),
        live=live,
        by=row.connect_by,
        days_left=None if row.connect_by is None else (row.connect_by - day).days,
        connected_on=row.connected_on,
        declared_on=row.declared_on,
    )


def _board_state(row: BoardRow, day: date, *, is_live: bool) -> BoardState:
    if is_live or (row.connected_on is not None and row.connected_on <= day):
        return BoardState.CONNECTED
    if row.declared_on is not None and row.declared_on <= day:
        return BoardState.DECLARED
    return BoardState.NEITHER


def _percent(part: int, whole: int) -> float | None:
    return None if whole == 0 else round(100 * part / whole, 1)
