"""The verb ``premises pc01``: form PC01 of premises, filled in, as DOCX or PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.failures import stop
from tocsin.http_client import ServiceClient
from tocsin.options import HERE, Alerting, AsJson, TokenFile
from tocsin.terminal import say, say_json

KINDS = ("docx", "pdf")


def pc01(
    premises: Annotated[str, typer.Argument(metavar="PREMISES", help="The id of the premises.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write: .docx or .pdf.")
    ],
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="The language of the form: vi or en.")
    ] = "vi",
    as_json: AsJson = False,
) -> None:
    """Write form PC01 of PREMISES to FILE, filled in.

    A DOCX can be filled in and read back (pc01-read); a PDF is to print and sign. Phones are masked to
    who may not read them.

    tocsin premises pc01 cho-an-binh -o pc01.docx
    """
    from urllib.parse import quote

    kind = output.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        stop(f"{output}: its ending is none of .docx and .pdf; name it so")
    path = f"/api/v1/premises/{quote(premises, safe='')}/pc01.{kind}"
    answer = ServiceClient(alerting, token_file).get(path, {"lang": language})
    try:
        output.write_bytes(answer.body)
    except OSError as error:
        stop(f"{output}: cannot be written ({error.strerror}); name another file")
    if as_json:
        say_json({"result": "written", "file": str(output), "bytes": len(answer.body)})
    else:
        say(f"{output}: form PC01 of {premises}, {len(answer.body)} bytes")
