"""Addresses of Apprise: the parts of a URL by which it tells people, and nothing else."""

from collections.abc import Iterator
from urllib.parse import unquote

TELL_NOBODY = frozenset(
    {"exec", "file", "syslog", "dbus", "glib", "qt", "kde", "gnome", "macosx", "windows"}
)
"""Schemes that end on the center's own machine: commands, files, its log, the desktop of nobody."""

HEADERS = frozenset({"authorization", "x-api-key", "x-auth-token"})
"""Headers that a URL may add: those by which a service knows who sends."""


def why_unfit(url: str) -> str | None:
    """Return why *url* does not tell people by one POST, with its remedy; None if it does."""
    scheme, _, rest = url.partition("://")
    options = list(_options(rest.partition("?")[2]))
    if scheme.lower() in TELL_NOBODY:
        return f"{scheme}:// reaches nobody beyond the center's machine; name another service"
    if any(name == "method" and value.upper() != "POST" for name, value in options):
        return "method is not POST, by which alone people are notified; leave it out"
    if any(name == "redirect" for name, _ in options):
        return "redirect is set, and no redirection is followed; leave it out"
    headers = [name[1:].strip() for name, _ in options if name.startswith("+")]
    if other := sorted(set(headers) - HEADERS):
        return f"the header {other[0]!a} is not one of {', '.join(sorted(HEADERS))}; leave it out"
    return None


def _options(query: str) -> Iterator[tuple[str, str]]:
    """Yield the names, in lower case, and values of *query* as Apprise reads them: a plus stays one."""
    for pair in query.replace(";", "&").split("&"):
        name, _, value = pair.partition("=")
        yield unquote(name).strip().lower(), unquote(value).strip()
