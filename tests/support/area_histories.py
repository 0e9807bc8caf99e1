"""Random histories of areas that are merged and split, year after year."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from registry.domain.area_history import AreaHistory
from registry.model.areas import Area, Succession, SuccessionExtent


@dataclass(frozen=True, slots=True)
class AnyHistory:
    """Areas and the successions between them, which lose no territory."""

    areas: list[Area]
    successions: list[Succession]

    @property
    def history(self) -> AreaHistory:
        """The areas as of a day."""
        return AreaHistory(self.areas, self.successions)


FIRST = date(2000, 1, 1)


@st.composite
def histories(draw: st.DrawFn) -> AnyHistory:
    """Return a history in which each year some areas are merged, and some are split."""
    count = draw(st.integers(1, 5))
    current = [f"a{number}" for number in range(count)]
    areas = {name: Area(id=name, name=name) for name in current}
    successions: list[Succession] = []
    for year in range(draw(st.integers(1, 4))):
        day = FIRST + timedelta(days=365 * (year + 1))
        _reform(draw, day, current, areas, successions)
    rows = list(areas.values())
    return AnyHistory(rows, successions)


def _reform(
    draw: st.DrawFn,
    day: date,
    current: list[str],
    areas: dict[str, Area],
    successions: list[Succession],
) -> None:
    ending = draw(st.lists(st.sampled_from(current), unique=True, min_size=1))
    news = [f"n{day.year}-{number}" for number in range(draw(st.integers(1, 3)))]
    used: set[str] = set()
    for name in ending:
        targets = draw(st.lists(st.sampled_from(news), unique=True, min_size=1))
        used.update(targets)
        extent = SuccessionExtent.WHOLE if len(targets) == 1 else SuccessionExtent.PART
        successions += [
            Succession(id=f"{name}-{each}", old=name, new=each, extent=extent, day=day)
            for each in targets
        ]
        areas[name] = areas[name].model_copy(update={"valid_to": day})
        current.remove(name)
    for each in sorted(used):
        areas[each] = Area(id=each, name=each, valid_from=day)
        current.append(each)


DAYS = st.integers(0, 365 * 6).map(lambda days: FIRST + timedelta(days=days))
