"""The outer side of simulated detectors: pseudo-terminals, TCP ports, MQTT."""
