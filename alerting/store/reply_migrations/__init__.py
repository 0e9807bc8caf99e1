"""The revisions of the tables of replies."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("replies", Path(__file__).parent)
