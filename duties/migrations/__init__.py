"""The tables of duties, step by step."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("duties", Path(__file__).parent)
"""The tables of duties: what was done, and what was reminded of."""
