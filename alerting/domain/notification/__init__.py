"""Policies, recipients, suppression and the state of deliveries."""
