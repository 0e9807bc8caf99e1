"""Options that several verbs share: one name, one meaning, one line of help."""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.failures import answer_in_json

HERE = "http://127.0.0.1:8080"
"""Alerting's web server on this machine, as it is set up unless its settings say otherwise."""

Alerting = Annotated[
    str,
    typer.Option(
        "--alerting", metavar="URL", envvar="TOCSIN_URL", help="The address of alerting's web server."
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        metavar="FILE",
        envvar="TOCSIN_TOKEN_FILE",
        help="A file with a token: one of an account, or that of the web server's settings.",
    ),
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json",
        callback=answer_in_json,
        is_eager=True,
        help="Answer as JSON, for programs; errors too.",
    ),
]
IncidentName = Annotated[
    str,
    typer.Argument(
        metavar="INCIDENT",
        help="Its id, the beginning of it, or its end as messages show it: '#mfwb'.",
    ),
]
Premises = Annotated[
    str | None, typer.Option("--premises", "-p", metavar="NAME", help="Only these premises.")
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="NAME",
        help="The person who does it, with the token of the web server; with that of an account a note.",
    ),
]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="A remark, for later readers.")]


def acting(by: str | None, note: str = "") -> dict[str, str]:
    """Return the fields of a request that say who acts, and why."""
    given = {"by": by or "", "note": note}
    return {name: text for name, text in given.items() if text}
