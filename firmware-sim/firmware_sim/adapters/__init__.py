"""Pseudo-terminals, TCP ports and MQTT connections on which simulated detectors send."""
