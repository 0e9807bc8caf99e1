"""Center: the registry of premises, zones, points and contacts, and its versions."""
