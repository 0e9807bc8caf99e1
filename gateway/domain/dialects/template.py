"""Evaluate the simple forms of Home Assistant's value templates."""

import re
from dataclasses import dataclass

from gateway.domain.dialects import values
from gateway.domain.dialects.values import Json

_PATH = r"value_json(?P<path>(?:\.\w+|\[\s*(?:'[^']*'|\"[^\"]*\"|\d+)\s*\])+)"
_FILTERS = r"(?P<filters>(?:\s*\|\s*\w+(?:\([^()]*\))?)*)"
_PLAIN = re.compile(rf"\s*\{{\{{-?\s*(?:{_PATH}|(?P<value>value))\s*{_FILTERS}\s*-?\}}\}}\s*", re.ASCII)
_COMPARED = re.compile(r"\s*\{\{-?\s*(?P<condition>[^{}]+?(?:==|!=| is )[^{}]+?)\s*-?\}\}\s*")
_TEST = re.compile(
    r"\s*\{\{-?\s*(?:'(?P<yes>[^']*)'|\"(?P<yes2>[^\"]*)\")\s+if\s+(?P<condition>.+?)\s+else\s+"
    r"(?:'(?P<no>[^']*)'|\"(?P<no2>[^\"]*)\")\s*-?\}\}\s*"
)
_BLOCK = re.compile(
    r"\s*\{%-?\s*if\s+(?P<condition>.+?)\s*-?%\}(?P<yes>[^{}]*)\{%-?\s*else\s*-?%\}(?P<no>[^{}]*)"
    r"\{%-?\s*endif\s*-?%\}\s*"
)
_CONDITION = re.compile(
    rf"\(?\s*(?:{_PATH}|(?P<value>value))\s*{_FILTERS}\s*"
    r"(?:(?P<op>==|!=|is)\s*(?:'(?P<text>[^']*)'|\"(?P<text2>[^\"]*)\"|(?P<word>\w+)))?\s*\)?",
    re.ASCII,
)
_STEP = re.compile(r"\.(\w+)|\[\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))\s*\]", re.ASCII)

# Filters that change the form of a value and not what it says.
_HARMLESS = frozenset(
    {"int", "float", "string", "bool", "lower", "upper", "trim", "round", "default", "is_defined"}
)


class UnknownTemplate(ValueError):
    """A template of another form, which is not evaluated."""


@dataclass(frozen=True, slots=True)
class ValueTemplate:
    """A value_template; an empty one returns the message itself."""

    text: str = ""

    def render(self, payload: bytes) -> Json:
        """Return the value of *payload*; raise UnknownTemplate."""
        if not self.text.strip():
            return _whole(payload)
        plain = _PLAIN.fullmatch(self.text)
        if plain is not None:
            return _looked_up(plain, payload, self.text)
        chosen = _TEST.fullmatch(self.text) or _BLOCK.fullmatch(self.text)
        if chosen is None:
            compared = _COMPARED.fullmatch(self.text)
            if compared is None:
                raise UnknownTemplate(self.text[:80])
            return _holds(compared["condition"], payload, self.text)
        groups = chosen.groupdict()
        yes = groups.get("yes") if groups.get("yes") is not None else groups.get("yes2")
        no = groups.get("no") if groups.get("no") is not None else groups.get("no2")
        holds = _holds(chosen["condition"], payload, self.text)
        return None if holds is None else ((yes if holds else no) or "").strip()


def _holds(condition: str, payload: bytes, template: str) -> bool | None:
    match = _CONDITION.fullmatch(condition.strip())
    if match is None:
        raise UnknownTemplate(template[:80])
    found = _looked_up(match, payload, template)
    if found is None:
        return None
    wanted = next((match[each] for each in ("text", "text2", "word") if match[each] is not None), None)
    if match["op"] is None or wanted is None:
        return found not in (False, 0, "", [], {})
    if match["op"] == "is" and wanted.lower() not in {"true", "false"}:
        raise UnknownTemplate(template[:80])
    return (_written(found) == wanted.lower()) is not (match["op"] == "!=")


def _written(value: Json) -> str:
    return str(value).strip().lower()


def _looked_up(match: "re.Match[str]", payload: bytes, template: str) -> Json:
    names = re.findall(r"\|\s*(\w+)", match["filters"] or "")
    if not _HARMLESS.issuperset(names):
        raise UnknownTemplate(template[:80])
    if match["value"] is not None:
        return _whole(payload)
    value: Json = values.parse(payload)
    for step in _STEP.finditer(match["path"]):
        name, *quoted, index = step.groups()
        key = next((each for each in (name, *quoted) if each is not None), None)
        value = _step(value, key, index)
    return value


def _step(value: Json, key: str | None, index: str | None) -> Json:
    if isinstance(value, dict):
        return value.get(key if key is not None else str(index))
    if isinstance(value, list) and index is not None and int(index) < len(value):
        return value[int(index)]
    return None


def _whole(payload: bytes) -> str:
    return values.text(payload)
