"""Requests to operate the points of a running simulation by hand, and their answers."""

from collections.abc import Callable
from enum import StrEnum

import msgspec
from msgspec import Struct

from firmware_sim.domain.manual import ManualControl
from firmware_sim.outputs.recording import ignition_s
from firmware_sim.scenario.io_config import SimulatedDetectorKind
from firmware_sim.scenario.scenario import Scenario


class Action(StrEnum):
    """An operation of a point by hand."""

    PRESS = "press"
    TRIP = "trip"
    RESET = "reset"


class OperateRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request: *action* at *point*, for *for_s* seconds of the scenario or until it is reset."""

    action: Action
    point: str
    for_s: float | None = None


class OperateAnswer(Struct, frozen=True, kw_only=True):
    """The answer: the scenario's *title* and the second *t* from ignition, and the *error*, if any."""

    title: str
    t: float
    error: str | None = None


_requests = msgspec.json.Decoder(OperateRequest)


class Operator:
    """Operates the points of one run; *now* returns its second."""

    def __init__(self, scenario: Scenario, control: ManualControl, now: Callable[[], float]) -> None:
        self._title = scenario.title
        self._zero_s = ignition_s(scenario)
        self._kinds = {point.address: point.kind for point in scenario.points}
        self._control = control
        self._now = now

    def answer(self, line: bytes) -> bytes:
        """Return the answer to the request in *line*."""
        try:
            error = self._operate(_requests.decode(line))
        except msgspec.DecodeError as exc:
            error = f"not a request: {exc}"
        return msgspec.json.encode(
            OperateAnswer(title=self._title, t=self._now() - self._zero_s, error=error)
        )

    def _operate(self, request: OperateRequest) -> str | None:
        """Carry out *request*; return the error if it is impossible."""
        error = self._error(request)
        if error is not None:
            return error
        if request.action is not Action.RESET:
            self._control.operate(request.point, self._now(), for_s=request.for_s)
        elif not self._control.reset(request.point, self._now()):
            return f"{request.point}: is neither pressed nor tripped by hand"
        return None

    def _error(self, request: OperateRequest) -> str | None:
        kind = self._kinds.get(request.point)
        if kind is None:
            known = ", ".join(sorted(self._kinds))
            return f"{request.point}: unknown point; the scenario has {known}"
        if request.action is Action.PRESS and kind is not SimulatedDetectorKind.MANUAL:
            return f"{request.point}: is a {kind.value} detector; use tocsin sim trip"
        if request.for_s is not None and not 0.0 < request.for_s < float("inf"):
            return f"--for {request.for_s:g}: give a number of seconds above 0"
        return None
