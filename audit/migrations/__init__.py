"""The tables of audit, step by step."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("audit", Path(__file__).parent)
