"""The verb ``sim``: simulated detectors, recordings, a modem, transmitters and a command center."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "run": Verb("tocsin.sim.run:run", "Play a scenario in real time."),
    "list": Verb("tocsin.sim.library:list_scenarios", "List the scenarios of the library."),
    "press": Verb("tocsin.sim.operate:press", "Press a call point of a running scenario."),
    "trip": Verb("tocsin.sim.operate:trip", "Trip a detector of a running scenario."),
    "reset": Verb("tocsin.sim.operate:reset", "Release a pressed or tripped point."),
    "verify": Verb("tocsin.sim.verify:verify", "Check a scenario against its [expect]."),
    "plot": Verb("tocsin.sim.picture:plot", "Draw what the points of a scenario measure."),
    "floor-plan": Verb("tocsin.sim.floor_plan:draw_floor_plan", "Draw rooms, points and fires."),
    "record": Verb("tocsin.sim.recordings:record_scenario", "Write a scenario as a recording."),
    "replay": Verb("tocsin.sim.run:replay_recording", "Play a recording in real time."),
    "convert": Verb("tocsin.sim.recordings:convert_file", "Make a recording of published data."),
    "modem": Verb("tocsin.sim.modem:modem", "Play a GSM modem with its network."),
    "reply": Verb("tocsin.sim.reply:reply", "Answer a message of a running modem."),
    "dialler": Verb("tocsin.sim.dialler:dialler", "Play a transmitter of SIA DC-09."),
    "gbt": Verb("tocsin.sim.gbt:gbt", "Play a transmitter of GB/T 26875.3."),
    "command-center": Verb("tocsin.sim.command_center:command_center", "Play a command center."),
}

app = lazy_group(
    VERBS,
    help="Simulate detectors, replay recorded fires, play a modem, transmitter or command center.",
    no_args_is_help=True,
)
