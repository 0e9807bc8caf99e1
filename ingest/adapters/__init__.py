"""The outside of ingest: the broker, the readings stores, its own disk, HTTP."""
