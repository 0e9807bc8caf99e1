"""The verb ``demo``: a whole Tocsin on this machine, and a story of two premises that do not exist."""

import asyncio
import json
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from alerting.domain.wording.families import CHANNELS
from tocsin.demo.center import Unanswered
from tocsin.demo.plan import BrokerKind
from tocsin.demo.processes import ChildEnded
from tocsin.demo.run import Demonstration, Options
from tocsin.demo.startup import NotReady
from tocsin.demo.stop_request import stop_signals
from tocsin.failures import stop
from tocsin.language import Language, chosen_words
from words.catalogue import Words, family


def demo(
    seconds: Annotated[
        float,
        typer.Option(
            "--for",
            metavar="SECONDS",
            min=20,
            help="Seconds that the story may take once every part is ready.",
        ),
    ] = 300,
    start_within: Annotated[
        float,
        typer.Option(
            "--start-within", metavar="SECONDS", min=1, help="Seconds until every part must be ready."
        ),
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
    language: Language = None,
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
    Ctrl-C ends it, and everything with it; so does closing the terminal. It needs no account: its
    settings open it to this machine alone.
    """
    console = Console(stderr=True)
    _check_writable(json_file, svg)
    words = chosen_words(language)
    options = Options(seconds, start_within, broker, words, svg, headless, stay)
    console.print(words.text("demo.open"), highlight=False)
    with stop_signals() as request:
        folder = _make_folder(keep)
        try:
            result = asyncio.run(Demonstration(folder, request, console, options=options).run())
        except asyncio.CancelledError:
            console.print(words.text("demo.cancelled"))
            _remove_unless_kept(folder, keep)
            raise typer.Exit(1) from None
        except (ChildEnded, NotReady, Unanswered) as error:
            if request.made:  # nobody is there to read its logs
                _remove_unless_kept(folder, keep)
            else:
                _print_failure(console, folder, error, words)
            raise typer.Exit(1) from error
        if json_file is not None:
            json_file.write_text(json.dumps(result, indent=2) + "\n")
        _print_summary(console, result, words)
        _remove_unless_kept(folder, keep)
    raise typer.Exit(0 if result["ok"] else 1)


def _remove_unless_kept(folder: Path, keep: Path | None) -> None:
    if keep is None:
        shutil.rmtree(folder)


def _print_failure(console: Console, folder: Path, error: Exception, words: Words) -> None:
    console.print(Text(words.text("demo.broke_off", error=error), style="red"), highlight=False)
    console.print(words.text("demo.logs", folder=folder))


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


def _print_summary(console: Console, result: dict[str, Any], words: Words) -> None:
    if (
        not console.is_terminal
    ):  # the last frame of a screen that is no terminal ends without a line break
        console.line()
    for line in _summary(result, words):
        console.print(line, highlight=False)


def _summary(result: dict[str, Any], words: Words) -> list[Text]:
    counts = {name: result[name] for name in COUNTS}
    return [
        Text(words.text("demo.fires", **counts)),
        Text(
            words.text(
                "demo.signals",
                stored=result["fire_signals_stored"],
                expected=result["fire_signals_expected"],
            )
        ),
        Text(
            words.text("demo.readings", sent=result["readings_sent"], stored=result["readings_stored"])
        ),
        Text(words.text("demo.messages", channels=_channels(result, words))),
        *_faults(result, words),
        Text(_latency(result["latency_ms"], words)),
        Text(_times(result, words)),
        Text(words.text("demo.ended")),
    ]


COUNTS = ("fires_simulated", "confirmed", "relayed", "false_notifications", "lost")
"""Counts of the first line of the summary."""

FAULTS = family("demo", ("missing", "not_notified", "unexpected"))
"""Lists of what is wrong, by their names in the result."""


def _faults(result: dict[str, Any], words: Words) -> list[Text]:
    found = [(title, each) for title in sorted(FAULTS.members) for each in result[title]]
    return [Text(words.name(FAULTS, title, what=each), style="red") for title, each in found]


def _channels(result: dict[str, Any], words: Words) -> str:
    by = result["notified_by"].items()
    return ", ".join(
        words.text("demo.messages_by", count=count, channel=words.name(CHANNELS, channel))
        for channel, count in by
    )


def _latency(latency: dict[str, Any], words: Words) -> str:
    values = {"median": latency["p50"], "worst": latency["max"], "count": latency["relays"]}
    return words.text("demo.latency", **values)


def _times(result: dict[str, Any], words: Words) -> str:
    values = {"ready": f"{result['started_in_s']:.0f}", "story": f"{result['scenario_s']:.0f}"}
    return words.text("demo.incomplete" if result["missing"] else "demo.complete", **values)
