"""The verb ``sim``: simulated detectors, recordings, a modem and a command center."""

import typer

from tocsin.sim.command_center import command_center
from tocsin.sim.library import list_scenarios
from tocsin.sim.modem import modem
from tocsin.sim.operate import press, reset, trip
from tocsin.sim.picture import plot
from tocsin.sim.recordings import convert_file, record_scenario
from tocsin.sim.run import replay_recording, run
from tocsin.sim.verify import verify

app = typer.Typer(
    help="Simulate detectors, replay recorded fires, play a modem or a command center.",
    no_args_is_help=True,
)

app.command("run")(run)
app.command("press")(press)
app.command("trip")(trip)
app.command("reset")(reset)
app.command("list")(list_scenarios)
app.command("verify")(verify)
app.command("plot")(plot)
app.command("record")(record_scenario)
app.command("replay")(replay_recording)
app.command("convert")(convert_file)
app.command("modem")(modem)
app.command("command-center")(command_center)
