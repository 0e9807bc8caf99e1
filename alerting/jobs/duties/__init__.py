"""Jobs of duties: what is due follows the registry and the timeline, and people are reminded of it."""
