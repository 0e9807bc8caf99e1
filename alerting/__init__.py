"""Center: signals in; incidents, escalation and relay out."""
