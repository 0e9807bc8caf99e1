"""The database of incidents, deliveries and receipts."""
