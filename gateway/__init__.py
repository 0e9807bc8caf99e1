"""On site: detectors in, durable outbox, MQTT out."""
