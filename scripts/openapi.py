"""Write docs/openapi.yaml from the structs and routes of contract/http: make format runs it."""

from pathlib import Path

import yaml

from contract.http.openapi import document

DOCS = Path(__file__).parents[1] / "docs" / "openapi.yaml"
ABOUT = (
    "# The HTTP of the center for machines. Written by scripts/openapi.py from contract/http; a test\n"
    "# holds it to the code. Both services serve it at /api/v1/openapi.json.\n"
)


def text(version: str) -> str:
    """Return the text of the file, as of *version* of Tocsin."""
    return ABOUT + yaml.safe_dump(
        document(version), allow_unicode=True, sort_keys=False, width=112, default_flow_style=False
    )


if __name__ == "__main__":
    DOCS.write_text(text("0.1.0"))
