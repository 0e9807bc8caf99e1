"""``tocsin sim run`` and ``tocsin sim replay``: detectors in real time on lines and brokers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from contract.recordings import BadRecording, RecordedReading
from firmware_sim.adapters.control_socket import default_path
from firmware_sim.adapters.files import open_recording
from firmware_sim.outputs.recording import ignition_s
from firmware_sim.run.app import run_scenario
from firmware_sim.run.replay import replay
from firmware_sim.scenario.io_config import PtyConfig, TcpConfig
from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.sim.options import Duration, ScenarioName, Speed, StartWhen, Truth, load
from tocsin.sim.view import RunShown, play


def run(
    scenario: ScenarioName,
    speed: Speed = 1.0,
    duration: Duration = None,
    truth: Truth = None,
    start_when: StartWhen = None,
    control: Annotated[
        Path | None,
        typer.Option(metavar="SOCKET", help="Control socket for press, trip and reset."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="At the end print the counts by point, as JSON.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the scenario: name every error, then exit.")
    ] = False,
) -> None:
    """Play SCENARIO in real time: detectors on pseudo-terminals, TCP ports and MQTT, and all its events.

    SCENARIO is a TOML file, or a name of the library: see tocsin sim list. The path of each
    pseudo-terminal is printed; a gateway opens it as its serial port. Messages without a reader are
    dropped and counted; if nothing was ever sent, the exit code is 1. While it runs, tocsin sim press
    and tocsin sim trip operate its points.
    """
    loaded = load(scenario)
    if check:
        typer.echo(f"{scenario}: ok")
        return
    play(
        lambda view: run_scenario(
            loaded,
            clock=utc_now,
            truth=truth,
            speed=speed,
            duration=duration,
            start=view.start,
            control=control or default_path(),
            on_ready=view.ready,
            on_progress=view.progress,
        ),
        RunShown(
            title=loaded.title or Path(scenario).stem,
            total_s=duration or loaded.duration_s,
            zero_s=ignition_s(loaded),
            lines={point.address: point.line or point.source or "" for point in loaded.points},
        ),
        start_when=start_when,
        as_json=as_json,
    )


def replay_recording(
    recording: Annotated[
        Path, typer.Argument(metavar="RECORDING", help="CSV t,point,quantity,value; .gz too.")
    ],
    speed: Speed = 1.0,
    link: Annotated[
        Path | None, typer.Option(help="Make a symbolic link to the pseudo-terminal here.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Serve this TCP port instead; 0 is any free one."),
    ] = None,
    truth: Truth = None,
    start_when: StartWhen = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="At the end print the counts by point, as JSON.")
    ] = False,
) -> None:
    """Play RECORDING in real time into simulated detectors on one line; each row becomes one sentence.

    The recording is checked to its last row before the line is opened. A slow reader slows the replay
    and loses nothing.
    """
    try:
        first, last = _span(open_recording(recording))
    except (BadRecording, OSError) as error:
        stop(str(error))
    line = PtyConfig(kind="pty", name="replay", link=link)
    play(
        lambda view: replay(
            open_recording(recording),
            line if port is None else TcpConfig(kind="tcp", name="replay", port=port),
            clock=utc_now,
            speed=speed,
            truth=truth,
            start=view.start,
            on_ready=view.ready,
            on_progress=view.progress,
        ),
        RunShown(title=recording.name, total_s=last - first, first_s=first),
        start_when=start_when,
        as_json=as_json,
    )


def _span(readings: Iterable[RecordedReading]) -> tuple[float, float]:
    """Return the first and the last second of *readings*."""
    first = last = 0.0
    for number, each in enumerate(readings):
        first = each.t if number == 0 else first
        last = each.t
    return first, last
