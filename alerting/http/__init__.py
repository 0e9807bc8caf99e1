"""HTTP of alerting: the operators' API, the feed and the ledger."""
