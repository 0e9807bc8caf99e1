"""Writes to the terminal: nothing that came from elsewhere steers it or forges a line."""

import json

import typer

from words.people_text import shown, shown_json


def say(*lines: str) -> None:
    """Write *lines*, each shown on one line, to stdout."""
    typer.echo("\n".join(map(shown, lines)))


def say_json(document: object) -> None:
    """Write *document* as JSON in its own letters, with escapes for those that nobody sees."""
    say_encoded(json.dumps(document, ensure_ascii=False))


def say_encoded(document: str) -> None:
    """Write the encoded JSON *document*, with escapes for characters that nobody sees."""
    typer.echo(shown_json(document))
