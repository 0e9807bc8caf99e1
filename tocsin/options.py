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
        help="A file with the token of the web server.",
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
Premises = Annotated[
    str | None, typer.Option("--premises", "-p", metavar="NAME", help="Only these premises.")
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="The person who does it.")]
