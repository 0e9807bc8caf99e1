"""The header by which a program without a token shows that no web page's form sends its request."""

REQUEST_HEADER = "X-Tocsin-Request"
"""Of any value (docs/protocol.md, 8)."""

SESSION_COOKIE = "__Host-tocsin"
"""The cookie of a session; browsers take this name only with ``Secure`` and for the whole host."""
