"""The tables of duties, step by step."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("duties", Path(__file__).parent)
"""What was done for a duty, and what was reminded of."""
