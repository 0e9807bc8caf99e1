"""Check what settings say of a line's connector: its options, its profile, and its corpus."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from gateway.domain.connectors.all_connectors import MODULES, connector_named
from gateway.domain.connectors.connector import Connector
from gateway.domain.connectors.corpus import BadCorpus, Corpus, differences, read_corpus


class BadConnector(ValueError):
    """A connector that cannot be used so; the text names the fault and the remedy."""


def named(name: str) -> Connector:
    """Return the connector *name*; raises BadConnector."""
    if name not in MODULES:
        raise BadConnector(
            f"there is no connector {name!r}; choose one of: tocsin, {', '.join(MODULES)} "
            "(tocsin gateway connectors)"
        )
    return connector_named(name)


def profiles_of(name: str) -> dict[str, Traversable]:
    """Return the profiles that come with the connector *name*."""
    folder = _folder(name)
    found = folder.iterdir() if folder.is_dir() else ()
    return {
        each.name.removesuffix(".toml"): each
        for each in sorted(found, key=lambda each: each.name)
        if each.name.endswith(".toml") and each.name != "corpus.toml"
    }


def with_profiles(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return *options* with each profile that they name put in its place; raises BadConnector.

    A profile is named by its name or its file, under a key ``profile`` at any depth: a bus has several
    devices.
    """
    return {key: _with_profile(name, key, value) for key, value in options.items()}


def _with_profile(name: str, key: str, value: Any) -> Any:
    if key == "profile" and isinstance(value, str):
        return _profile(name, value)
    if isinstance(value, Mapping):
        return with_profiles(name, value)
    if isinstance(value, list | tuple):
        return [_with_profile(name, "", each) for each in value]
    return value


def _profile(name: str, wanted: str) -> Any:
    known = profiles_of(name)
    file: Traversable | Path = known[wanted] if wanted in known else Path(wanted)
    if not file.is_file():
        raise BadConnector(
            f"there is no profile {wanted!r}; choose one of: {', '.join(known)}, or name a file of yours"
        )
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadConnector(f"the profile {wanted} cannot be read: {error}") from error


def checked_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return *options* of the connector *name* as a plan carries them; raises BadConnector."""
    connector = named(name)
    whole = with_profiles(name, options)
    try:
        connector.converse(msgspec.convert(whole, connector.options))
    except ValueError as error:  # msgspec.ValidationError is one, and so is what a profile is refused by
        raise BadConnector(f"{error}") from error
    return whole


def with_addresses(name: str, options: Mapping[str, Any], addresses: Iterable[str]) -> Mapping[str, Any]:
    """Return *options* with the *addresses* of the points on the line, where the connector asks them."""
    if not named(name).asks_addresses or "addresses" in options:
        return options
    return {**options, "addresses": list(addresses)}


def addresses_told(name: str, options: Mapping[str, Any]) -> Sequence[str] | None:
    """Return all addresses of which a line with *options*, which are checked, can tell; None for any."""
    connector = named(name)
    if connector.addresses_of is None:
        return None
    return connector.addresses_of(msgspec.convert(options, connector.options))


def refuse_slow_line(name: str, options: Mapping[str, Any], *, baud: int, frame: str) -> None:
    """Raise BadConnector where *options*, which are checked, do not fit the speed of the line."""
    connector = named(name)
    if connector.check_line is None:
        return
    try:
        connector.check_line(msgspec.convert(options, connector.options), baud, frame)
    except ValueError as error:
        raise BadConnector(f"{error}") from error


def corpus_of(name: str) -> Corpus:
    """Return the corpus of the connector *name*, with its profiles in place; raises BadCorpus."""
    file = _folder(name) / "corpus.toml"
    if not file.is_file():
        raise BadCorpus("it has no corpus: nothing shows that it understands its peer")
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        for case in content.get("cases", ()):
            case["options"] = with_profiles(name, case.get("options", {}))
    except (BadConnector, tomllib.TOMLDecodeError) as error:
        raise BadCorpus(str(error)) from error
    return read_corpus(content)


def refuse_untried(name: str) -> None:
    """Raise BadConnector where the corpus of the connector *name* is absent, or understood otherwise."""
    try:
        wrong = next(differences(named(name), corpus_of(name)), None)
    except BadCorpus as error:
        wrong = str(error)
    if wrong:
        raise BadConnector(
            f"the connector {name!r} does not prove itself ({wrong}); repair the installation, or set "
            "untried_connectors = true to try it out"
        )


def _folder(name: str) -> Traversable:
    return files("gateway") / "connectors" / name
