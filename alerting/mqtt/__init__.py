"""Signals from gateways in, receipts and incident states out."""
