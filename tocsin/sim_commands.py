"""The verb ``sim``: detectors, recordings and a command center that do not exist."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from contract import recordings
from contract.recordings import BadRecording, Reading
from contract.signing import BadSecret, read_secrets
from contract.times import from_micros
from firmware_sim.app import run_scenario
from firmware_sim.command_center import Relay, Topics, run_command_center
from firmware_sim.convert import DataSet, convert
from firmware_sim.observing import Seen
from firmware_sim.plotting import NoPictures, draw
from firmware_sim.recording import Endless, record
from firmware_sim.replay import open_recording, replay
from firmware_sim.scenario import Scenario, find_scenario, shipped_names, shipped_scenario
from firmware_sim.wiring import Pty, Tcp
from runtime.clock import utc_now
from runtime.log import set_up_log
from runtime.process import run_process
from runtime.settings import BadSettings, Broker
from runtime.text_files import NotText, read_text
from tocsin.demo.story import Language
from tocsin.failures import stop
from tocsin.modem_command import modem
from tocsin.sim_view import play

app = typer.Typer(
    help="Simulate detectors, replay recorded fires, play a command center.", no_args_is_help=True
)

app.command("modem")(modem)

Truth = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write what was really put on the wire here, as JSON lines."),
]
StartWhen = Annotated[
    Path | None,
    typer.Option("--start-when", metavar="FILE", help="Hold everything back until FILE exists."),
]
WhichScenario = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A TOML file, or a name of the library.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Speed = Annotated[float, typer.Option(min=0.001, help="So many times faster than real time.")]


@app.command()
def run(
    scenario: WhichScenario,
    speed: Speed = 1.0,
    duration: Annotated[
        float | None, typer.Option("--for", help="End after so many seconds of the scenario.")
    ] = None,
    truth: Truth = None,
    start_when: StartWhen = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="At the end, tell what each point really sent, as JSON.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the scenario: name every mistake, then exit.")
    ] = False,
) -> None:
    """Play SCENARIO: detectors on pseudo-terminals, TCP ports and MQTT, and what befalls them.

    SCENARIO is a TOML file, or a name of the library: see tocsin sim scenarios. The path of each
    pseudo-terminal is printed; a gateway opens it as its serial port.
    """
    loaded = _scenario(scenario)
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
            on_ready=view.ready,
            on_progress=view.progress,
        ),
        title=loaded.title or Path(scenario).stem,
        total=duration or loaded.duration_s,
        start_when=start_when,
        wires={point.address: point.line or point.source or "" for point in loaded.points},
        as_json=as_json,
    )


@app.command()
def scenarios(as_json: AsJson = False) -> None:
    """List the scenarios that come with the program: fires, nuisances, sensors that fail.

    Each states in its [expect] what must come of it. Run one with: tocsin sim run NAME
    """
    library = [(name, shipped_scenario(name)) for name in shipped_names()]
    if as_json:
        typer.echo(
            json.dumps([_card(name, each) for name, each in library], indent=2, ensure_ascii=False)
        )
        return
    table = Table("name", "title", "points", "lasts", box=None)
    for name, each in library:
        table.add_row(name, each.title, str(len(each.points)), _lasts(each.duration_s))
    Console().print(table)


@app.command()
def plot(
    scenario: WhichScenario,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Default: the scenario's name, .svg here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw what every point of SCENARIO would see, and when its value crosses the alarm levels.

    The file's ending says what kind of picture it is: .svg, .png or .pdf. Needs the extra "plot".
    The levels are those of a common detector; a gateway's judgement filters, and may be later.
    """
    loaded = _scenario(scenario)
    file = output or Path(f"{Path(scenario).stem}.svg")
    try:
        with _drawing(loaded) as advance:
            seen = draw(loaded, file, on_seen=advance)
    except NoPictures as exc:
        stop(str(exc))
    if as_json:
        typer.echo(
            json.dumps({"file": str(file), "points": [_crossed(each) for each in seen]}, indent=2)
        )
        return
    for each in seen:
        if each.alarm_s is not None:
            typer.echo(
                f"{each.address}: {each.quantity} crosses its alarm level at {each.alarm_s:.0f} s"
            )
    typer.echo(f"{file}: drawn", err=True)


@app.command("record")
def record_(
    scenario: WhichScenario,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="RECORDING", help="Default: stdout.")
    ] = None,
    duration: Annotated[
        float | None, typer.Option("--for", help="End after so many seconds of the scenario.")
    ] = None,
) -> None:
    """Write what the points of SCENARIO would send as a recording, at once and without a line.

    Its times count from the first ignition. Whatever reads recordings can read it: sim replay, and the
    evaluation of detection. With an OUTPUT that ends in .gz it is compressed.
    """
    lines = recordings.write(record(_scenario(scenario), until_s=duration))
    try:
        if output is None:
            for line in lines:
                typer.echo(line, nl=False)
        else:
            typer.echo(f"{output}: {_write(output, lines)} readings", err=True)
    except (Endless, OSError) as exc:
        stop(str(exc))


@app.command("replay")
def replay_(
    recording: Annotated[
        Path, typer.Argument(metavar="RECORDING", help="CSV t,point,quantity,value; .gz too.")
    ],
    speed: Speed = 1.0,
    link: Annotated[
        Path | None, typer.Option(help="Make a symbolic link to the pseudo-terminal here.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Speak on this TCP port instead; 0 is any.")
    ] = None,
    truth: Truth = None,
    start_when: StartWhen = None,
) -> None:
    """Play RECORDING into simulated detectors on one line; each row becomes one sentence.

    The recording is read through before the line is opened, so that a mistake in its last row is
    named at once. A slow reader slows the replay and loses nothing.
    """
    try:
        seconds = _length(open_recording(recording))
    except (BadRecording, OSError) as exc:
        stop(str(exc))
    line = Pty(kind="pty", name="replay", link=link)
    play(
        lambda view: replay(
            open_recording(recording),
            line if port is None else Tcp(kind="tcp", name="replay", port=port),
            clock=utc_now,
            speed=speed,
            truth=truth,
            start=view.start,
            on_ready=view.ready,
            on_progress=view.progress,
        ),
        title=recording.name,
        total=seconds,
        start_when=start_when,
    )


@app.command("convert")
def convert_(
    data_set: Annotated[DataSet, typer.Argument(help="Whose layout the file has.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV as published; .gz too.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="RECORDING", help="Default: stdout.")
    ] = None,
) -> None:
    """Make a recording from a file of a public data set of fires or of quiet rooms.

    fsri: furnished compartment burns of UL FSRI; nist: home smoke-alarm tests of NIST; keti: offices.
    """
    conversion = convert(data_set, file)
    try:
        lines = recordings.write(conversion)
        if output is None:
            typer.echo("".join(lines), nl=False)
        else:
            rows = _write(output, lines)
            typer.echo(f"{output}: {rows} readings; {conversion.skipped} empty cells left out", err=True)
    except (BadRecording, OSError) as exc:
        stop(str(exc))


@app.command("command-center")
def command_center(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen on this machine.")] = 8090,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write each relay and its arrival here.")
    ] = None,
    language: Annotated[Language, typer.Option(help="What relays are printed in.")] = Language.VI,
    key: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Believe only what is signed with the secret in it; may repeat."
        ),
    ] = None,
    topics: Annotated[
        str | None, typer.Option(metavar="FILTER", help="Take relays over MQTT at these topics too.")
    ] = None,
    broker_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Of the broker on this machine, for --topics.")
    ] = 1883,
) -> None:
    """Play a command center: take relays, and print each in the duty officer's words.

    Alerting reaches it at http://127.0.0.1:PORT/relay, and whomever else it shall play at
    http://127.0.0.1:PORT/relay/PERSON. With --topics 'tocsin/notify/#' it hears too what alerting tells
    over MQTT. With --key FILE it checks the signatures of webhooks, as a real one should:
    FILE is relay.signing_key_file of alerting.
    """
    keys = tuple(each for file in key or [] for each in _keys(file))

    def show(relay: Relay) -> None:
        when = f"{from_micros(relay.arrived_at).astimezone():%H:%M:%S}"
        text = relay.body.text.vi if language is Language.VI else relay.body.text.en
        typer.echo(f"{when} {relay.channel} {relay.address}: {text}")

    set_up_log()
    heard = Topics(Broker(port=broker_port), topics, "--broker-port") if topics else None
    center = run_command_center(
        "127.0.0.1", port, port_named="--port", log=log, on_relay=show, keys=keys, topics=heard
    )
    raise typer.Exit(run_process(lambda: center))


def _scenario(name: str) -> Scenario:
    try:
        return find_scenario(name)
    except BadSettings as exc:
        stop(*exc.errors)


def _card(name: str, scenario: Scenario) -> dict[str, object]:
    return {
        "name": name,
        "title": scenario.title,
        "points": len(scenario.points),
        "duration_s": scenario.duration_s,
        "expect": scenario.expect.model_dump() if scenario.expect else None,
    }


def _lasts(seconds: float | None) -> str:
    if seconds is None:
        return "for ever"
    for size, name in ((86_400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.4g} {name}"
    return f"{seconds:.4g} s"


def _crossed(seen: Seen) -> dict[str, object]:
    return {
        "point": seen.address,
        "quantity": seen.quantity,
        "prealarm_s": seen.prealarm_s,
        "alarm_s": seen.alarm_s,
    }


@contextmanager
def _drawing(scenario: Scenario) -> Iterator[Callable[[Seen], None]]:
    """A bar that moves on with each sensor that has been observed, on a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(scenario.title, total=len(scenario.points))

        def advance(seen: Seen) -> None:
            bar.update(task, completed=places[seen.address])

        places = {point.address: place for place, point in enumerate(scenario.points, start=1)}
        yield advance


def _keys(file: Path) -> tuple[bytes, ...]:
    try:
        return read_secrets(read_text(file))
    except OSError as error:
        stop(f"--key {file}: {error.strerror}; name the file that holds the secret")
    except (NotText, BadSecret) as error:
        stop(f"--key {file}: {error}")


def _length(readings: Iterable[Reading]) -> float:
    """Seconds from the first to the last of *readings*."""
    first = last = 0.0
    for number, each in enumerate(readings):
        first = each.t if number == 0 else first
        last = each.t
    return last - first


def _write(output: Path, lines: Iterable[str]) -> int:
    """Write *lines* whole or not at all; returns the number of rows below the header."""
    partial = output.with_name(output.name + ".part")
    rows = -1
    opener = gzip.open if output.suffix == ".gz" else open
    try:
        with opener(partial, "wt", encoding="utf-8") as file:
            for line in lines:
                file.write(line)
                rows += 1
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
    return rows
