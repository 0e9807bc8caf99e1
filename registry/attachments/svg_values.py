"""Values of attributes and style sheets of an SVG: none fetches, runs or hides anything."""

import re
from collections.abc import Iterator

from registry.attachments.svg_names import FUNCTIONS, PROPERTIES

_FUNCTION = re.compile(r"([A-Za-z_-][\w-]*)\s*\(")
_URL = re.compile(r"url\s*\(\s*(?P<quote>[\"']?)(?P<target>[^\"')]*)(?P=quote)\s*\)", re.IGNORECASE)
_SCHEME = re.compile(r"(?:javascript|vbscript|data|file|https?|ftp)\s*:", re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STATEMENT = re.compile(r"@[^;{}]*;")
_SELECTOR = re.compile(r"[\w\s.#,>*:()-]+")
LOCAL = re.compile(r"#[\w.:-]+")
"""A reference to an element of the same file."""


def is_harmless(value: str) -> bool:
    """Return whether *value* fetches nothing, runs nothing, and has no escapes that would hide that."""
    if "\\" in value or "@" in value or "<" in value or _SCHEME.search(_seen(value)):
        return False
    called = {each.lower() for each in _FUNCTION.findall(value)}
    if not called <= FUNCTIONS:
        return False
    found = list(_URL.finditer(value))
    return value.lower().count("url") == len(found) and all(
        LOCAL.fullmatch(each["target"].strip()) for each in found
    )


def references(value: str) -> Iterator[str]:
    """Yield the ids of elements that *value* names."""
    for each in _URL.finditer(value):
        yield each["target"].strip().removeprefix("#")


def clean_declarations(text: str) -> str:
    """Return those declarations of *text* that are allowed."""
    kept = (_declaration(each) for each in _COMMENT.sub("", text).split(";"))
    return ";".join(each for each in kept if each)


def clean_sheet(text: str) -> str:
    """Return those rules of the style sheet *text* that are allowed."""
    rules = []
    for selector, declarations in _RULE.findall(_STATEMENT.sub("", _COMMENT.sub("", text))):
        kept = clean_declarations(declarations)
        if kept and _SELECTOR.fullmatch(selector.strip()):
            rules.append(f"{selector.strip()}{{{kept}}}")
    return "\n".join(rules)


def _declaration(text: str) -> str:
    name, _, value = text.partition(":")
    name, value = name.strip().lower(), value.strip()
    return f"{name}:{value}" if name in PROPERTIES and value and is_harmless(value) else ""


def _seen(value: str) -> str:
    """Return *value* without what a browser skips within a scheme."""
    return re.sub(r"[\x00-\x20]+", "", value)
