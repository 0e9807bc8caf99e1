"""Checks on gateways, points and on alerting itself."""
