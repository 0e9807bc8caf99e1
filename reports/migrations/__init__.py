"""The tables of reports, step by step."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("reports", Path(__file__).parent)
"""The figures that people entered in the daily sheet."""
