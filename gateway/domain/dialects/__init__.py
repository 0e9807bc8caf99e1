"""How the detectors of MQTT sources speak: one profile a dialect, and one interpreter for all."""
