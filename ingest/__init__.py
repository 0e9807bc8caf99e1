"""Center: telemetry in, readings store out."""
