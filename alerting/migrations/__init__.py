"""The tables of alerting, step by step: what changes ``tables.py`` adds a file here."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("alerting", Path(__file__).parent)
