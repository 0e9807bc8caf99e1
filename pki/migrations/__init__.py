"""The tables of pki, step by step."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("pki", Path(__file__).parent)
