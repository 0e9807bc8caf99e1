"""The desk and the world: browsers, alerting, ingest, files."""
