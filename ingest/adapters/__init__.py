"""What ingest touches: the broker, the readings stores, its own disk, HTTP."""
