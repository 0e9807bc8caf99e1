"""Training over HTTP (docs/protocol.md, 8): begun here, acted through by the routes of any fire."""

from aiohttp import web

from alerting.domain.fairness.token_bucket import Rate
from alerting.engine.engine import Engine
from alerting.engine.trainings import TrainingRefusal, TrainingRefused
from alerting.http.access import rights_of
from alerting.http.acting import Said, operator_of
from alerting.http.asked_places import NoSuchPremises
from alerting.http.lookup import Reach
from alerting.http.responses import incident_response
from alerting.http.turns import ClientTurns
from contract.http.checking import read_body
from contract.http.common import Error
from contract.http.permissions import Permission
from contract.http.trainings import TrainingRequest
from registry.domain.index import Unregistered
from runtime.clock import Clock
from runtime.json_answers import json_answer

OF_ACCOUNT = Rate(burst=10, per_second=1 / 60)
"""Trainings of one account: a person who learns acts one through in minutes."""

TOO_OFTEN = "you began many trainings; try again in a minute"


class TrainingsApi:
    """Answers whoever wants to learn by a fire of *engine*."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._trainings = engine.trainings
        self._refresh_registry = engine.transactions.refresh_registry
        self._registry = engine.registry
        self._clock = clock
        self._turns = ClientTurns(OF_ACCOUNT)

    def routes(self) -> list[web.RouteDef]:
        """Return the route of trainings."""
        return [web.post("/api/v1/trainings", self.begin)]

    async def begin(self, request: web.Request) -> web.Response:
        """``POST /api/v1/trainings``."""
        asked = read_body(await request.read(), TrainingRequest)
        await self._refresh_registry()  # the sample may have been imported just before
        reach = Reach(rights_of(request), Permission.INCIDENTS_CLOSE)
        index = self._registry.current.index
        if not reach.has(asked.premises) or isinstance(index.premises(asked.premises), Unregistered):
            raise NoSuchPremises(asked.premises)
        operator = operator_of(
            reach.rights, Said(asked.by), needed=reach.needed, premises=asked.premises
        )
        if self._turns.take_turn(operator.account, self._clock().timestamp()):
            return json_answer(Error(error=TOO_OFTEN), status=429)
        try:
            fire = await self._trainings.begin(
                asked.premises,
                account=operator.account,
                by=operator.by,
                proof=operator.proof,
                now=self._clock(),
            )
        except TrainingRefused as error:
            status = 429 if error.refusal is TrainingRefusal.TOO_MANY else 409
            return json_answer(Error(error=str(error)), status=status)
        return json_answer(incident_response(fire), status=201)
