"""The tables of accounts, step by step."""

from pathlib import Path

from runtime.revisions import Revisions

REVISIONS = Revisions("accounts", Path(__file__).parent)
