"""The verb ``sim``: detectors, recordings and a command center that do not exist."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from contract import recordings
from contract.recordings import BadRecording, Reading
from contract.times import from_micros
from firmware_sim import progress as sim_progress
from firmware_sim.app import run_scenario
from firmware_sim.command_center import Relay, Topics, run_command_center
from firmware_sim.convert import DataSet, convert
from firmware_sim.lines import CannotOpen
from firmware_sim.replay import open_recording, replay
from firmware_sim.scenario import Pty, Tcp, load_scenario
from runtime.clock import utc_now
from runtime.log import set_up_log
from runtime.process import run_process
from runtime.settings import BadSettings, Broker
from tocsin.demo.story import Language
from tocsin.failures import stop
from tocsin.modem_command import modem

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
Speed = Annotated[float, typer.Option(min=0.001, help="So many times faster than real time.")]


@app.command()
def run(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml")],
    speed: Speed = 1.0,
    duration: Annotated[
        float | None, typer.Option("--for", help="End after so many seconds of the scenario.")
    ] = None,
    truth: Truth = None,
    start_when: StartWhen = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the scenario: name every mistake, then exit.")
    ] = False,
) -> None:
    """Play SCENARIO.toml: detectors on pseudo-terminals, TCP ports and MQTT, and what befalls them.

    The path of each pseudo-terminal is printed; a gateway opens it as its serial port.
    """
    try:
        loaded = load_scenario(scenario)
    except BadSettings as flaw:
        stop(*flaw.errors)
    if check:
        typer.echo(f"{scenario}: ok")
        return
    _play(
        lambda bar: run_scenario(
            loaded,
            clock=utc_now,
            truth=truth,
            speed=speed,
            duration=duration,
            start=bar.start,
            on_ready=bar.ready,
            on_progress=bar.progress,
        ),
        title=loaded.title or scenario.stem,
        total=duration or loaded.duration_s,
        start_when=start_when,
    )


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
    except (BadRecording, OSError) as flaw:
        stop(str(flaw))
    line = Pty(kind="pty", name="replay", link=link)
    _play(
        lambda bar: replay(
            open_recording(recording),
            line if port is None else Tcp(kind="tcp", name="replay", port=port),
            clock=utc_now,
            speed=speed,
            truth=truth,
            start=bar.start,
            on_ready=bar.ready,
            on_progress=bar.progress,
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
    except (BadRecording, OSError) as flaw:
        stop(str(flaw))


@app.command("command-center")
def command_center(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen on this machine.")] = 8090,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write each relay and its arrival here.")
    ] = None,
    language: Annotated[Language, typer.Option(help="What relays are printed in.")] = Language.VI,
    key: Annotated[
        list[str] | None,
        typer.Option(metavar="ID=FILE", help="Believe only what is signed with this key, or another."),
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
    http://127.0.0.1:PORT/relay/PERSON. With --topics 'tocsin/told/#' it hears too what alerting tells
    over MQTT. With --key 1=relay.key it checks signatures of webhooks, as a real one should:
    relay.signing_key_id and relay.signing_key_file of alerting.
    """
    keys = dict(_key(each) for each in key or [])

    def show(relay: Relay) -> None:
        when = f"{from_micros(relay.arrived_at).astimezone():%H:%M:%S}"
        text = relay.body["text"].get(language.value, relay.body["event"])
        typer.echo(f"{when} {relay.channel} {relay.address}: {text}")

    set_up_log()
    heard = Topics(Broker(port=broker_port), topics) if topics else None
    center = run_command_center("127.0.0.1", port, log=log, on_relay=show, keys=keys, topics=heard)
    raise typer.Exit(run_process(lambda: center))


def _key(text: str) -> tuple[str, bytes]:
    key_id, _, file = text.partition("=")
    try:
        return key_id, Path(file).read_text().strip().encode()
    except OSError as flaw:
        stop(f"--key {text}: {flaw.strerror}; write ID=FILE, with the file that holds the key")


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


class _Bar:
    """Shows how far a run is, on a terminal; prints where its lines are, anywhere."""

    def __init__(self, title: str, total: float | None) -> None:
        self.start = asyncio.Event()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not Console(stderr=True).is_terminal,
        )
        self._task = self._bar.add_task(title, total=total, told="")

    def __enter__(self) -> "_Bar":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def ready(self, lines: Mapping[str, str]) -> None:
        for name, where in lines.items():
            typer.echo(f"{name}: {where}")

    def progress(self, now: sim_progress.Progress) -> None:
        told = f"{now.t:.0f} s, {now.sent} sent, {now.dropped} dropped"
        self._bar.update(self._task, completed=now.t, told=told)


def _play(
    play: Callable[[_Bar], Awaitable[sim_progress.Progress]],
    *,
    title: str,
    total: float | None,
    start_when: Path | None,
) -> None:
    """Run *play* under a progress bar until it ends or is stopped."""
    flaws: list[str] = []

    async def whole() -> None:
        try:
            with _Bar(title, total) as bar:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(_release(bar.start, start_when))
                    done = await play(bar)
            typer.echo(f"{title}: {done.sent} sent, {done.dropped} dropped", err=True)
        except* (CannotOpen, BadRecording) as group:
            flaws.extend(map(str, group.exceptions))

    set_up_log(level="WARNING")
    code = run_process(whole)
    if flaws:
        stop(*flaws)
    raise typer.Exit(code)


async def _release(start: asyncio.Event, file: Path | None) -> None:
    """Set *start* once *file* exists; a file, because whoever waits may be a shell script."""
    while file is not None and not await asyncio.to_thread(file.exists):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    start.set()
