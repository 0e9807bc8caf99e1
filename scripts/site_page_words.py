"""Writes gateway/web/words.json: the words of the gateway's page, from the catalogues."""

import json
from pathlib import Path

from gateway.page_words import page_words
from words.loading import catalogue

FILE = Path(__file__).parent.parent / "gateway" / "web" / "words.json"


def written() -> str:
    """Return the words as their file has them."""
    return json.dumps(page_words(catalogue()), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
