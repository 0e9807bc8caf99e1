"""Center: the database of premises, zones, points, people: what an alarm means."""
