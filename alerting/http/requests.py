"""What requests say, checked: every mistake in one answer."""

from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

Person = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
"""Who does something: a name, for people."""


class Body(BaseModel):
    """What a request says: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


B = TypeVar("B", bound=Body)


async def body_of(request: web.Request, model: type[B]) -> B:
    """The body of *request* as a *model*; raises HTTPBadRequest naming every mistake."""
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        raise web.HTTPBadRequest(text=_told(error, "body")) from error


def query_of(request: web.Request, model: type[B]) -> B:
    """The query of *request* as a *model*; raises HTTPBadRequest naming every mistake."""
    try:
        return model.model_validate({name: value for name, value in request.query.items() if value})
    except ValidationError as error:
        raise web.HTTPBadRequest(text=_told(error, "query")) from error


def _told(error: ValidationError, where: str) -> str:
    return "; ".join(
        f"{where} {'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
        for each in error.errors()
    )
