"""Answers what alerting cannot do, or not now."""

from aiohttp import web
from msgspec import UNSET

from alerting.domain.model.effects import Refusal
from alerting.engine.operators import ActionRefused, NoSuchIncident
from alerting.http.asked_places import NoSuchArea, NoSuchPremises
from alerting.http.desk_acts import STEPS
from alerting.http.lookup import NotPermitted, Unreadable
from alerting.store.errors import DatabaseError
from contract.http.common import Error
from contract.times import from_micros
from runtime.json_answers import json_answer
from runtime.web import Handler


@web.middleware
async def alerting_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what alerting cannot do with JSON that names the thing, the fault and the remedy."""
    try:
        return await handler(request)
    except (NoSuchIncident, NoSuchArea, NoSuchPremises) as error:
        return _error(404, error.text)
    except NotPermitted as error:
        return _error(403, error.text)
    except Unreadable as error:
        text = f"incident {error} is damaged in the database; act on its signals: GET /api/v1/signals"
        return _error(500, text)
    except ActionRefused as error:
        return json_answer(_refused(error), status=409)
    except DatabaseError:
        return _error(503, "the database does not answer; try again, and look at /healthz")


def _refused(error: ActionRefused) -> Error:
    since = UNSET if error.since is None else error.since
    text = _not_yours(error)
    return Error(error=text, owner=error.owner, refusal=error.refusal.value, since=since)


def _error(status: int, text: str) -> web.Response:
    return json_answer(Error(error=text), status=status)


_REFUSED = {
    Refusal.SAME_PERSON: "{owner} asked for this; let another person sign in and approve it",
    Refusal.NOTHING_TO_APPROVE: "nothing waits for approval here; look at its phase, or order it again",
    Refusal.POINTS_IN_FIRE: "in fire by now: {owner}; end that incident first, then order this again",
    Refusal.CHECKED_BY_ANOTHER: "{owner} has checked this step; look at the procedure",
    Refusal.NOBODY_OWNS_IT: "nobody has this incident; take it first",
    Refusal.NOT_OFFERED: "nobody offers you this incident; ask {owner}",
    Refusal.ALREADY_YOURS: "{owner} has this incident already; name another account",
    Refusal.NOBODY_TO_ACCEPT: "{owner} is not an account that may act here; name another one",
    Refusal.WAITS_FOR_APPROVAL: "a proposal by {owner} waits for approval{since}; "
    "approve or refuse that, or let {owner} withdraw it",
}


def _not_yours(error: ActionRefused) -> str:
    if (text := _REFUSED.get(error.refusal)) is not None:
        since = "" if error.since is None else f" since {from_micros(error.since).isoformat()}"
        return text.format(owner=error.owner or "somebody", since=since)
    if error.refusal is Refusal.OWNED_BY_ANOTHER:
        return f"{error.owner} has taken this incident; speak with them"
    if error.refusal is Refusal.OUT_OF_ORDER:
        steps = ", ".join(STEPS)
        order = f"a confirmed fire goes by acknowledge, {steps}"
        return f"this cannot follow {error.owner}; {order}; 'skipped' says why steps are left out"
    who = error.owner or "the restoration of all points"
    return f"{who} closed this incident; a new fire opens a new one"
