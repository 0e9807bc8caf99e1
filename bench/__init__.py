"""Measurements: each a program that prints JSON. ``python -m bench`` runs them all."""
