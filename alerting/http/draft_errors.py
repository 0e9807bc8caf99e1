"""Answers what cannot be done with a draft."""

from collections.abc import Iterable

from aiohttp import web
from msgspec import UNSET, UnsetType

import contract.http.drafts as http
from alerting.http.draft_answers import faults, one_line
from alerting.http.draft_jobs import TooManyJobs
from contract.http.common import Error
from contract.http.drafts import DraftRefusal
from registry.drafts.domain.approval import ApprovalRefusal
from registry.drafts.domain.draft import DraftError
from registry.drafts.domain.editing import BadEdit
from registry.drafts.reading import NoDraft
from registry.drafts.store import DraftChanged
from runtime.json_answers import json_answer
from runtime.web import Handler

NO_DRAFT = "there is no such draft; list them with GET /api/v1/registry/drafts"
CHANGED = "somebody else changed the draft meanwhile; look at it, and do it again"
TOO_MANY = "too many checks of drafts wait; try again in a minute"

SECOND_PERSON = {
    ApprovalRefusal.SAME_PERSON: (
        "you edited this draft; let another person sign in and approve it",
        DraftRefusal.OWN_DRAFT,
    ),
    ApprovalRefusal.NOT_A_PERSON: (
        "a token of this machine or of a system approves nothing; sign in as the second person",
        DraftRefusal.NOT_A_PERSON,
    ),
}


class DraftRefused(Exception):
    """The draft does not permit this now, for the reason *why*; *errors* name rows, if any are it."""

    def __init__(
        self,
        text: str,
        why: DraftRefusal | UnsetType = UNSET,
        *,
        status: int = 409,
        errors: Iterable[DraftError] = (),
    ) -> None:
        super().__init__(text)
        self.why = why
        self.status = status
        self.errors = tuple(errors)


@web.middleware
async def draft_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what cannot be done with a draft with JSON that names the fault and the remedy."""
    try:
        return await handler(request)
    except NoDraft:
        return _error(NO_DRAFT, DraftRefusal.NO_DRAFT, status=404)
    except DraftChanged:
        return _error(CHANGED, DraftRefusal.DRAFT_CHANGED, status=409)
    except TooManyJobs:
        return _error(TOO_MANY, DraftRefusal.TOO_MANY_CHECKS, status=429)
    except BadEdit as error:
        text = one_line(error.errors)
        return _with_errors(
            DraftRefused(text, DraftRefusal.ROWS_IN_ERROR, status=400, errors=error.errors)
        )
    except DraftRefused as error:
        return _with_errors(error)


def _error(text: str, why: DraftRefusal, *, status: int) -> web.Response:
    return json_answer(Error(error=text, refusal=why.value), status=status)


def _with_errors(refused: DraftRefused) -> web.Response:
    answer = http.DraftErrors(error=str(refused), refusal=refused.why, errors=faults(refused.errors))
    return json_answer(answer, status=refused.status)
