"""The verb ``sim``: simulated detectors, recordings, a modem and a command center."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "list": Verb("tocsin.sim.library:list_scenarios", "List the scenarios that come with the program."),
    "verify": Verb("tocsin.sim.verify:verify", "Hold a scenario against its own [expect]."),
    "plot": Verb("tocsin.sim.picture:plot", "Draw what every point of a scenario measures."),
    "run": Verb("tocsin.sim.run:run", "Play a scenario in real time on lines and brokers."),
    "press": Verb("tocsin.sim.operate:press", "Press a call point of a running scenario."),
    "trip": Verb("tocsin.sim.operate:trip", "Trip a detector of a running scenario."),
    "reset": Verb("tocsin.sim.operate:reset", "End what press or trip did."),
    "record": Verb("tocsin.sim.recordings:record_scenario", "Write a scenario as a recording, at once."),
    "replay": Verb("tocsin.sim.run:replay_recording", "Play a recording in real time on a line."),
    "convert": Verb("tocsin.sim.recordings:convert_file", "Make a recording from a public data set."),
    "modem": Verb("tocsin.sim.modem:modem", "Play a GSM modem that prints its messages."),
    "command-center": Verb("tocsin.sim.command_center:command_center", "Play a command center."),
}

app = lazy_group(VERBS, help="Simulate detectors, modems and a command center.", no_args_is_help=True)
