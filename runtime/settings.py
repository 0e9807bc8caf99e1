"""Settings of a process: a TOML file, over it the environment, and every mistake named at once."""

import ipaddress
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from contract.names import NAME_PATTERN
from contract.topics import DEFAULT_ROOT
from runtime.log import LogFormat
from runtime.text_files import NotText, read_text

LEVEL_PATTERN = "^(DEBUG|INFO|WARNING|ERROR)$"
ROOT_PATTERN = r"^[^/#+\s]+(/[^/#+\s]+)*$"
URL_PATTERN = r"^https?://[^\s]+$"

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
"""A premises, gateway, zone or point, as on the wire."""


class BadSettings(Exception):
    """Settings that cannot be used; *errors* names each mistake with its file and key."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class Part(BaseModel):
    """A table within a service's settings: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServiceSettings(BaseSettings):
    """Base of one service's settings; the environment wins over the file.

    A nested key is written with two underscores: ``TOCSIN_INGEST_BROKER__PASSWORD``.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_nested_delimiter="__", nested_model_default_partial_update=True
    )

    log_format: LogFormat = LogFormat.TEXT
    log_level: str = Field("INFO", pattern=LEVEL_PATTERN)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Settings that work as set, and should not be left so: each names the thing and the remedy."""
        return ()

    @classmethod
    def mistakes_in(cls, content: Mapping[str, Any]) -> list[str]:
        """Return what does not fit together in *content*, a sentence each that begins with the key.

        A service that runs all the same is better than none: only a check refuses these.
        """
        return why_no_folder("data_dir", content.get("data_dir"))

    @classmethod
    def absences_in(cls, content: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what *content* names and is not there now, a sentence each; a check warns of it."""
        return ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, and read nothing else."""
        return env_settings, init_settings


_SECRETS_ARE_READ: ContextVar[bool] = ContextVar("_SECRETS_ARE_READ", default=True)


@contextmanager
def without_secrets() -> Iterator[None]:
    """Load settings within the block without looking at files of secrets, which others may not read."""
    token = _SECRETS_ARE_READ.set(False)
    try:
        yield
    finally:
        _SECRETS_ARE_READ.reset(token)


def _readable(path: Path | None) -> Path | None:
    if path is None or not _SECRETS_ARE_READ.get():
        return path
    try:
        read_text(path)
    except NotText as error:
        raise ValueError(f"{path}: {error}") from error
    except PermissionError as exc:
        raise ValueError(f"this user may not read {path}; let it, or run as its owner") from exc
    except OSError as exc:
        raise ValueError(f"there is no file {path}; create it or remove the key") from exc
    return path


SecretFile = Annotated[Path | None, AfterValidator(_readable)]
"""A file that holds one secret, as systemd credentials and container secrets do."""


class Broker(Part):
    """How to reach one MQTT broker."""

    host: str = "127.0.0.1"
    port: int = Field(1883, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = None
    password_file: SecretFile = None
    tls: bool = False
    ca_file: SecretFile = None
    keepalive_s: int = Field(20, ge=5, le=3600)
    # Seconds without a word from the broker, while it owes an answer, after which the connection is
    # taken as dead: EN 50136-1 D4 allows an alarm 20 s in all.
    answer_s: float = Field(10.0, ge=1.0, le=60.0)
    root: str = Field(DEFAULT_ROOT, pattern=ROOT_PATTERN)

    def secret(self) -> str | None:
        """The password, from its file where one is named."""
        return secret_of(self.password, self.password_file)


def with_one_root(broker: Broker, others: Sequence[Broker]) -> None:
    """See that all brokers have the same topics; raises ValueError if not."""
    for other in others:
        if other.root != broker.root:
            where = f"{other.host}:{other.port}"
            exc = f"the root of {where} is {other.root!r}; make it {broker.root!r}, as that of broker"
            raise ValueError(f"other_brokers: {exc}")


class Web(Part):
    """Where a service's own HTTP server listens; port 0 takes any free one."""

    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)


class GuardedWeb(Web):
    """An HTTP server that must not be open to a network without a token."""

    token: SecretStr | None = None
    token_file: SecretFile = None

    def secret(self) -> str | None:
        """The token that requests must carry, from its file where one is named."""
        return secret_of(self.token, self.token_file)

    @model_validator(mode="after")
    def _guarded_beyond_this_machine(self) -> Self:
        if not is_loopback(self.host) and self.token is None and self.token_file is None:
            raise ValueError(
                f"{self.host} can be reached from outside; set token or token_file, "
                "or listen on 127.0.0.1"
            )
        return self


def why_no_folder(key: str, value: object) -> list[str]:
    """Return why *value* can never become a folder with files, if so; it may have to be made first.

    Whoever checks may be another user than the service, so that a lack of rights is no reason.
    """
    if not isinstance(value, str | Path):
        return []
    path = Path(value).absolute()
    there = next(each for each in (path, *path.parents) if each.exists())
    try:
        Path(mkdtemp(prefix=".tocsin-", dir=there)).rmdir()
    except PermissionError:
        return []
    except OSError as error:
        reason = f"{value} cannot be a folder with files ({error.strerror})"
        return [f"{key}: {reason}; choose one on a disk that can be written"]
    return []


def is_loopback(host: str) -> bool:
    """Return whether *host* is reached without leaving this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def secret_of(value: SecretStr | None, file: Path | None) -> str | None:
    """A secret that is set directly or, first, in a file of its own."""
    if file is not None:
        return read_text(file).strip()
    return value.get_secret_value() if value else None


S = TypeVar("S", bound=ServiceSettings)


def load_settings(model: type[S], file: Path | None) -> S:
    """The settings in *file* and the environment; raises BadSettings naming every mistake."""
    content = read_toml(file) if file else {}
    mistakes = _unknown_variables(model)
    try:
        settings = model(**content)
    except SettingsError as exc:
        mistakes.append(f"environment: {exc}: {exc.__cause__}; lists and tables are written as JSON")
    except ValidationError as exc:
        mistakes += [_line(each, _source(model, each, file)) for each in exc.errors()]
    else:
        if not mistakes:
            return settings
    raise BadSettings(mistakes)


def _unknown_variables(model: type[ServiceSettings]) -> list[str]:
    """One line for each variable that has the prefix of *model* and names none of its keys."""
    prefix = model.model_config["env_prefix"].upper()
    ours = [name for name in os.environ if prefix and name.upper().startswith(prefix)]
    return [
        f"environment: {name}: no such setting; correct its name or unset it"
        for name in ours
        if name.upper().removeprefix(prefix).lower().split("__")[0] not in model.model_fields
    ]


def _source(model: type[ServiceSettings], error: ErrorDetails, file: Path | None) -> str:
    """The variable that the bad value came from, else the file."""
    path = [str(part).upper() for part in error["loc"]]
    prefix = model.model_config["env_prefix"].upper()
    variables = {name.upper(): name for name in os.environ}
    for length in range(len(path), 0, -1):
        name = variables.get(prefix + "__".join(path[:length]))
        if name is not None:
            return f"environment: {name}"
    return str(file or "environment")


def read_toml(file: Path) -> dict[str, Any]:
    """The content of *file*; raises BadSettings if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(read_text(file))
    except OSError as exc:
        raise BadSettings([f"{file}: {exc.strerror}"]) from exc
    except NotText as error:
        raise BadSettings([f"{file}: {error}"]) from error
    except tomllib.TOMLDecodeError as exc:
        raise BadSettings([f"{file}: {exc}"]) from exc


def describe(
    exc: ValidationError, source: str, *, forms: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """One line a mistake: the file, the key, and what is wrong with it.

    *forms* says in words, by its pattern, how a text must be written.
    """
    return [_line(error, source, {**_FORMS, **forms}) for error in exc.errors()]


_FORMS = {
    NAME_PATTERN: "write 1 to 63 of a-z, 0-9 and -, not beginning with -",
    LEVEL_PATTERN: "no such level; write DEBUG, INFO, WARNING or ERROR",
    ROOT_PATTERN: "not a topic; write levels with / between them, without blanks, + and #",
    URL_PATTERN: "not a URL; write http://host:port/path, or https, without spaces",
}


_REMEDY = {
    "extra_forbidden": "no such key; correct its name or remove it",
    "missing": "missing; add it",
    "string_type": "not a text; write it in quotes",
}

_LIBRARY = (
    ("Input should", "must"),
    ("String should match pattern", "must match"),
    ("String should", "must"),
)
"""Beginnings of what the library says of a mistake, and the words that begin it here."""


def _line(error: ErrorDetails, source: str, forms: Mapping[str, str] = _FORMS) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "(top level)"
    form = forms.get(error.get("ctx", {}).get("pattern", ""))
    return f"{source}: {key}: {form or _REMEDY.get(error['type']) or _plainly(error['msg'])}"


def _plainly(message: str) -> str:
    """Return *message* with a remedy; one of ours, which has its own, without the library's prefix."""
    for begins, plainer in _LIBRARY:
        if message.startswith(begins):
            return f"{plainer}{message.removeprefix(begins)}; correct it"
    return message.removeprefix("Value error, ")
