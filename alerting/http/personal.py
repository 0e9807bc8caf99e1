"""Masks personal data in answers to whoever may not read it, and notes who looked at it unmasked."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from accounts.domain.rights import Rights
from accounts.domain.visible import Visible
from alerting.http.access import rights_if_known
from alerting.http.looks import LookLog
from contract.http.permissions import Permission
from contract.personal_texts import is_personal, masked_values
from runtime.web import Handler

_ABOUT_PEOPLE = {
    "/api/v1/incidents/{id}": "id",
    "/api/v1/incidents/{id}/explanation": "id",
    "/api/v1/incidents/{id}/scene": "id",
    "/api/v1/premises/{premises}": "premises",
}
"""Paths whose answers say who is called in one incident or premises, and how; and the name of its id."""


class PersonalData:
    """The middleware of all answers in JSON; *looks* has who saw what."""

    def __init__(self, looks: LookLog) -> None:
        self._looks = looks

    @web.middleware
    async def mask(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer *request* as the handler does, but for numbers and addresses of people."""
        answer = await handler(request)
        rights = rights_if_known(request)
        if rights is None or not isinstance(answer, web.Response) or not _is_json(answer):
            return answer
        clear = rights.visible(Permission.PHONES_READ)
        if clear.named is None or not is_personal(_text(answer)):
            self._note_look(request, rights, answer, clear)
            return answer
        said = msgspec.json.decode(_text(answer))
        answer.body = msgspec.json.encode(masked_outside(said, clear))
        self._note_look(request, rights, answer, clear)
        return answer

    def _note_look(
        self, request: web.Request, rights: Rights, answer: web.Response, clear: Visible
    ) -> None:
        resource = request.match_info.route.resource
        path = "" if resource is None else resource.canonical
        if request.method != "GET" or answer.status != 200 or path not in _ABOUT_PEOPLE:
            return
        if clear.named is None or _premises_of(msgspec.json.decode(_text(answer))) in clear.named:
            self._looks.note(rights.actor, request.match_info[_ABOUT_PEOPLE[path]])


def masked_outside(value: Any, clear: Visible) -> Any:
    """Return *value* with the texts masked of all that is not about premises in *clear*."""
    if isinstance(value, list):
        return [masked_outside(each, clear) for each in value]
    if not isinstance(value, dict):
        return masked_values(value)
    premises = _premises_of(value)
    if premises is None and any(isinstance(each, dict | list) for each in value.values()):
        return {key: masked_outside(each, clear) for key, each in value.items()}
    return value if premises in clear else masked_values(value)


def _premises_of(value: Mapping[str, Any]) -> str | None:
    """Return the premises that *value* is about; None where it is about none."""
    found = value.get("premises")
    if isinstance(found, dict):
        found = found.get("id")
    return found if isinstance(found, str) else None


def _is_json(answer: web.Response) -> bool:
    return answer.content_type == "application/json"


def _text(answer: web.Response) -> str:
    return answer.body.decode() if isinstance(answer.body, bytes) else ""
