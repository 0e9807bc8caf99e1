"""The verb ``demo``: a whole Tocsin on this machine, and a story of two premises that do not exist."""

import asyncio
import json
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tocsin.demo.center import Unanswered
from tocsin.demo.plan import BrokerKind
from tocsin.demo.processes import ChildEnded
from tocsin.demo.run import Demonstration, Options
from tocsin.demo.startup import NotReady
from tocsin.demo.stop_request import stop_signals
from tocsin.demo.story import Language
from tocsin.failures import stop


def demo(
    seconds: Annotated[
        float,
        typer.Option("--for", min=20, help="Seconds that the story may take once every part is ready."),
    ] = 300,
    start_within: Annotated[
        float, typer.Option("--start-within", min=1, help="Seconds until every part must be ready.")
    ] = 180,
    stay: Annotated[
        bool, typer.Option("--stay", help="Go on when the story is complete, until Ctrl-C.")
    ] = False,
    headless: Annotated[bool, typer.Option("--headless", help="Draw no screen.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write what was proved here.")
    ] = None,
    broker: Annotated[BrokerKind, typer.Option(help="Which broker carries it.")] = BrokerKind.AUTO,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a picture of the last screen here.")
    ] = None,
    language: Annotated[Language, typer.Option(help="What relays are shown in.")] = Language.EN,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep logs and stores in this new folder.")
    ] = None,
) -> None:
    """Watch a simulated fire travel from detectors to a command center.

    Two premises that do not exist run on free ports of this machine: in a market a fire grows, in a
    shophouse somebody fries fish. The fire must be relayed as confirmed, the cooking must not, nothing
    may be lost, everybody whom the policy names must be notified by webhook and by MQTT when it is their
    turn, and nobody of anything else; the exit code says whether that is so. The run ends when the story
    is complete, half a minute after every part is ready on an idle machine, or names what is missing.
    Ctrl-C ends it, and everything with it; so does closing the terminal.
    """
    console = Console(stderr=True)
    _check_writable(json_file, svg)
    options = Options(seconds, start_within, broker, language, svg, headless, stay)
    with stop_signals() as request:
        folder = _make_folder(keep)
        try:
            result = asyncio.run(Demonstration(folder, request, console, options=options).run())
        except asyncio.CancelledError:
            console.print("ended before it had begun; nothing is left running")
            _remove_unless_kept(folder, keep)
            raise typer.Exit(1) from None
        except (ChildEnded, NotReady, Unanswered) as error:
            if request.made:  # nobody is there to read its logs
                _remove_unless_kept(folder, keep)
            else:
                _print_failure(console, folder, error)
            raise typer.Exit(1) from error
        if json_file is not None:
            json_file.write_text(json.dumps(result, indent=2) + "\n")
        _print_summary(console, result)
        _remove_unless_kept(folder, keep)
    raise typer.Exit(0 if result["ok"] else 1)


def _remove_unless_kept(folder: Path, keep: Path | None) -> None:
    if keep is None:
        shutil.rmtree(folder)


def _print_failure(console: Console, folder: Path, error: Exception) -> None:
    console.print(f"[red]The demonstration broke off:[/] {error}", highlight=False)
    console.print(f"Its logs are in {folder}")


def _check_writable(*files: Path | None) -> None:
    """End at once, not after the demonstration, if a file of its result cannot be written."""
    faults = [(file, _write_fault(file)) for file in files if file is not None]
    if errors := [f"{file}: {fault}" for file, fault in faults if fault is not None]:
        stop(*errors)


def _write_fault(file: Path) -> str | None:
    is_new = not file.exists()
    try:
        file.open("a").close()
    except OSError as error:
        return f"cannot be written ({error.strerror}); name a file in a folder that is there and yours"
    if is_new:
        file.unlink()
    return None


def _make_folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="tocsin-demo-"))
    try:
        keep.mkdir(parents=True, exist_ok=False)
    except OSError as error:
        stop(f"{keep}: cannot be made ({error.strerror}); name a folder that is not there yet")
    return keep.resolve()


def _print_summary(console: Console, result: dict[str, Any]) -> None:
    if (
        not console.is_terminal
    ):  # the last frame of a screen that is no terminal ends without a line break
        console.line()
    for line in _summary(result):
        console.print(line, highlight=False)


def _summary(result: dict[str, Any]) -> list[str]:
    counts = ("fires_simulated", "confirmed", "relayed", "false_relays", "lost")
    by = ", ".join(f"{count} by {channel}" for channel, count in result["notified_by"].items())
    latency = result["latency_ms"]
    return [
        "  ".join(f"{name} {result[name]}" for name in counts),
        f"fire signals: {result['signals_stored']} stored, at least {result['signals_sent']} expected "
        "from what the detectors showed",
        f"readings: {result['readings_sent']} put on the wires, {result['readings_stored']} stored",
        f"messages to people: {by}",
        *(
            f"[red]{title}:[/] {each}"
            for title in ("missing", "not_notified", "unexpected")
            for each in result[title]
        ),
        f"wire to relay: median {latency['p50']} ms, worst {latency['max']} ms "
        f"({latency['relays']} relays)",
        f"ready after {result['started_in_s']:.0f} s; the story took {result['scenario_s']:.0f} s"
        + ("" if result["missing"] else " and is complete"),
        "everything is ended; nothing is left running",
    ]
