"""The revisions of the tables of spreadsheets: what is remembered, and previews that wait."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("sheets", Path(__file__).parent)
