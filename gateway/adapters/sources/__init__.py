"""Detectors in: serial lines and the MQTT brokers of the site."""
