"""Answers what cannot be done with a draft."""

from collections.abc import Iterable

from aiohttp import web

import contract.http.drafts as http
from alerting.http.draft_answers import faults, one_line
from alerting.http.draft_jobs import TooManyJobs
from contract.http.common import Error
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
    ApprovalRefusal.SAME_PERSON: "you edited this draft; let another person sign in and approve it",
    ApprovalRefusal.NOT_A_PERSON: (
        "a token of this machine or of a system approves nothing; sign in as the second person"
    ),
}


class DraftRefused(Exception):
    """The draft does not permit this now; *errors* name rows, if any are the reason."""

    def __init__(self, text: str, *, status: int = 409, errors: Iterable[DraftError] = ()) -> None:
        super().__init__(text)
        self.status = status
        self.errors = tuple(errors)


@web.middleware
async def draft_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what cannot be done with a draft with JSON that names the fault and the remedy."""
    try:
        return await handler(request)
    except NoDraft:
        return json_answer(Error(error=NO_DRAFT), status=404)
    except DraftChanged:
        return json_answer(Error(error=CHANGED), status=409)
    except TooManyJobs:
        return json_answer(Error(error=TOO_MANY), status=429)
    except BadEdit as error:
        return _with_errors(one_line(error.errors), error.errors, status=400)
    except DraftRefused as error:
        return _with_errors(str(error), error.errors, status=error.status)


def _with_errors(text: str, errors: tuple[DraftError, ...], *, status: int) -> web.Response:
    return json_answer(http.DraftErrors(error=text, errors=faults(errors)), status=status)
