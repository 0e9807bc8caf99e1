"""The verbs of ``tocsin sim``: simulated detectors, recordings, a modem and a command center."""
