"""Strategies of rows and registries: every field that a class has may have any value that it takes."""

from enum import Enum
from typing import Annotated, Any, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from registry.model.registry import TABLES, Registry
from registry.model.rows import Row

texts = st.text(st.sampled_from("aàạăâđêôơưzZ09 '\"\\#=[]{}.,;:/-_ñ漢🔥"), min_size=1, max_size=20)

_SAMPLES: tuple[Any, ...] = (
    *("a", "ward-1", "+84901234567", "0912345678", "http://127.0.0.1:1/a", "tgram://token/chat"),
    *("an@example.com", "desk/east", "0" * 64, "vi", "Asia/Ho_Chi_Minh", "x" * 30, 'Chợ "Cà Mau" \\ #1'),
    *(0, 1, 3, 30, 60, 600, 0.5, -0.0, 8.6, 105.15, 1e9, True, False),
    *("2026-11-29", "07:30", "2026-11-29T07:30:00", "31978", "000"),
    *(1990, ["sms", "webhook"], ["mon", "sun"], ["A", "C"]),
    *([], ["a"], ["a", "b"], [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]),
)
"""Values among which every simple field finds some that it takes."""


def _of_field(field: FieldInfo) -> st.SearchStrategy[Any]:
    """Return values that *field* takes, as JSON has them."""
    model = _model_in(field.annotation)
    if model is not None:
        inner = _values(model)
        return inner if not _is_tuple(field.annotation) else st.lists(inner, max_size=2)
    adapter = TypeAdapter(_annotated(field))
    tried = (*_SAMPLES, *(each.value for each in _enums(field.annotation)))
    taken = [each for each in tried if _takes(adapter, each)]
    assert taken, f"add a sample for {field}"
    return st.one_of(st.sampled_from(taken), texts if _takes(adapter, "Chợ #1") else st.nothing())


def _annotated(field: FieldInfo) -> Any:
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def _enums(annotation: Any) -> list[Enum]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return list(annotation)
    return [each for part in get_args(annotation) for each in _enums(part)]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(each) for each in get_args(annotation))
    return next((each for each in found if each is not None), None)


def _is_tuple(annotation: Any) -> bool:
    return get_origin(annotation) is tuple


def _takes(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        adapter.validate_python(value)
    except (ValidationError, ValueError):
        return False
    return True


def _values(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    fields = model.model_fields
    needed = {name: _of_field(each) for name, each in fields.items() if each.is_required()}
    more = {name: _of_field(each) for name, each in fields.items() if not each.is_required()}
    return st.fixed_dictionaries(needed, optional=more)


def rows(table: str) -> st.SearchStrategy[Row]:
    """Return rows of *table*; whether they fit others does not matter."""
    kind = TABLES[table]

    def row(values: dict[str, Any]) -> Row | None:
        try:
            return kind.model_validate(values)
        except ValidationError:
            return None

    return _values(kind).map(row).filter(lambda each: each is not None)  # type: ignore[return-value]


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    """Return registries with up to three rows in some of their tables."""
    tables: dict[str, Any] = {}
    for table in draw(st.sets(st.sampled_from(list(TABLES)), max_size=6)):
        found = draw(st.lists(rows(table), max_size=3, unique_by=lambda row: row.key))
        tables[table] = tuple(found)
    return Registry.model_validate(
        {name: [each.model_dump() for each in some] for name, some in tables.items()}
    )
