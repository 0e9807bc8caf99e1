"""What ingest decides: which readings are plausible, how they are written, how a curve is thinned."""
