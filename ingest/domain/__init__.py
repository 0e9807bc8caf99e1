"""The decisions of ingest: plausible readings, lines to write, read-back rules, thinned curves."""
