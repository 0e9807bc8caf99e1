"""The verbs ``exchange verify`` and ``exchange verifier``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.options import AsJson


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The body of an answer, as it came.")],
    key: Annotated[
        str | None, typer.Option("--key", metavar="HEX", help="The center's public key, as you know it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Verify FILE, a page of a snapshot or of deltas, by the center's signature.

    Without --key it is proved only that whoever has the key in FILE signed it: compare that key with the
    one that the operator told you.

    Exit code: 0 if it is as the center sent it, 1 if it is not, 2 if it cannot be read.

    \b
    curl -s -H "Authorization: Bearer $TOKEN" \
        https://center/api/v1/exchange/snapshot > page.json
    tocsin exchange verify page.json --key 5f3c...
    """
    from registry.exchange.verify import main

    options = [*(["--json"] if as_json else []), *(["--key", key] if key else [])]
    raise typer.Exit(main([*options, "--", str(file)]))


def verifier() -> None:
    """Print the verifier, for whoever receives documents and has no Tocsin.

    It is one file and needs Python 3.9 or newer, nothing else:

    tocsin exchange verifier > verify.py; python3 verify.py page.json --key HEX
    """
    import registry.exchange

    file = Path(registry.exchange.__file__).parent / "verify.py"
    typer.echo(file.read_text(encoding="utf-8"), nl=False)
