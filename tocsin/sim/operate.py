"""``tocsin sim press``, ``trip`` and ``reset``: operate points of a running simulation by hand."""

import json
from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.adapters.control_socket import default_folder
from firmware_sim.run.operate import Action, OperateAnswer, OperateRequest
from tocsin.failures import stop
from tocsin.sim.control_client import Controlled, ask
from tocsin.sim.options import AsJson
from words.people_text import shown, shown_json

PointName = Annotated[str, typer.Argument(metavar="POINT", help="Address of a point of the scenario.")]
ForSeconds = Annotated[
    float | None,
    typer.Option("--for", metavar="SECONDS", help="Of the scenario; then it clears by itself."),
]
Control = Annotated[
    Path | None,
    typer.Option(metavar="SOCKET", help="Control socket of the run; needed where several run."),
]

TRIP_S = 60.0

SIMULATIONS = Controlled("simulation", "tocsin sim run SCENARIO", default_folder)


def press(
    point: PointName, duration: ForSeconds = None, control: Control = None, as_json: AsJson = False
) -> None:
    """Press the manual call point POINT of a running simulation (tocsin sim run).

    It stays pressed until tocsin sim reset, or for the seconds of --for.
    """
    request = OperateRequest(action=Action.PRESS, point=point, for_s=duration)
    _operate(request, control, as_json=as_json)


def trip(
    point: PointName,
    duration: Annotated[
        float, typer.Option("--for", metavar="SECONDS", help="Of the scenario; then it clears.")
    ] = TRIP_S,
    control: Control = None,
    as_json: AsJson = False,
) -> None:
    """Trip the detector POINT of a running simulation (tocsin sim run), as test gas or warm air does.

    Within 10 s smoke rises by 2 dB/m, temperature by 60 K, carbon monoxide by 300 ppm, as far as POINT
    measures them; a call point is pressed.
    """
    request = OperateRequest(action=Action.TRIP, point=point, for_s=duration)
    _operate(request, control, as_json=as_json)


def reset(point: PointName, control: Control = None, as_json: AsJson = False) -> None:
    """Release POINT, which tocsin sim press or tocsin sim trip operates."""
    _operate(OperateRequest(action=Action.RESET, point=point), control, as_json=as_json)


def _operate(request: OperateRequest, control: Path | None, *, as_json: bool) -> None:
    answer = ask(SIMULATIONS, control, request, OperateAnswer)
    if answer.error is not None:
        stop(answer.error)
    if as_json:
        result = {"point": request.point, "action": request.action.value, "scenario": answer.title}
        clock = {"clock": "seconds from ignition", "t": round(answer.t, 3)}
        typer.echo(shown_json(json.dumps({**result, **clock}, ensure_ascii=False)))
    else:
        done = {Action.PRESS: "pressed", Action.TRIP: "tripped", Action.RESET: "reset"}[request.action]
        lasts = "" if request.for_s is None else f" for {request.for_s:g} s"
        line = f"{request.point}: {done}{lasts}, {answer.t:.0f} s from ignition of {answer.title!r}"
        typer.echo(shown(line))
