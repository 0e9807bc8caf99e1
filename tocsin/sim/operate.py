"""``tocsin sim press``, ``trip`` and ``reset``: operate points of a running simulation by hand."""

import json
import socket
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from firmware_sim.adapters.control_socket import default_folder
from firmware_sim.run.operate import Action, OperateAnswer, OperateRequest
from tocsin.failures import stop
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
PATIENCE_S = 5.0


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
    path = control or _only_socket()
    try:
        answer = _ask(path, request)
    except (OSError, msgspec.DecodeError) as error:
        stop(f"{path}: no simulation answers ({error}); start one with: tocsin sim run SCENARIO")
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


def _only_socket() -> Path:
    """Return the socket of the only running simulation of this user; stop where there is none."""
    live = [each for each in sorted(default_folder().glob("*.sock")) if _is_live(each)]
    if not live:
        stop("no simulation runs as this user; start one with: tocsin sim run SCENARIO")
    if len(live) > 1:
        stop(f"{len(live)} simulations run; name one with --control: {', '.join(map(str, live))}")
    return live[0]


def _is_live(path: Path) -> bool:
    """Return True if a simulation answers at *path*; remove what a killed one left behind."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE_S)
            client.connect(str(path))
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)
        return False
    except OSError:
        return False
    return True


def _ask(path: Path, request: OperateRequest) -> OperateAnswer:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(str(path))
        client.sendall(msgspec.json.encode(request) + b"\n")
        with client.makefile("rb") as lines:
            return msgspec.json.decode(lines.readline(), type=OperateAnswer)
