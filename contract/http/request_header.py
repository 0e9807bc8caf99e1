"""The header by which a program without a token shows that no web page's form sends its request."""

REQUEST_HEADER = "X-Tocsin-Request"
"""Of any value (docs/protocol.md, 8)."""
