"""Settings of a process: a TOML file, over it the environment, and every mistake named at once."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from contract.topics import DEFAULT_ROOT
from runtime.log_format import LogFormat
from runtime.names import Name
from runtime.networks import is_loopback
from runtime.setting_errors import (
    CONFLICT,
    LEVEL_PATTERN,
    ROOT_PATTERN,
    URL_PATTERN,
    key_of,
    located,
    one_line_each,
    sentence,
)
from runtime.text_files import NotText, read_text
from runtime.toml_files import BadToml, Place, TomlFile, read_toml_file

__all__ = ["ROOT_PATTERN", "URL_PATTERN", "Name", "is_loopback"]  # forms of texts that settings share


class BadSettings(Exception):
    """Settings that cannot be used; *errors* names each mistake with its file and key."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class Conflict(NamedTuple):
    """Keys that do not fit together: the place of one of them, the fault and the remedy."""

    place: Place
    text: str


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

    # The form of each text of this service, in words, by the pattern that it must match.
    forms: ClassVar[Mapping[str, str]] = {}

    log_format: LogFormat = LogFormat.TEXT
    log_level: str = Field("INFO", pattern=LEVEL_PATTERN)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Settings that work and should be changed all the same: each names the thing and the remedy."""
        return ()

    @classmethod
    def conflicts_in(cls, content: Mapping[str, Any]) -> Iterable[Conflict]:
        """Yield the conflicts between keys of *content*, each of which may be wrong by itself."""
        return ()

    @classmethod
    def unworkable_in(cls, content: Mapping[str, Any]) -> Iterable[Conflict]:
        """Yield settings of *content* that can never work: a check refuses them, a start does not."""
        return unusable_folder("data_dir", content.get("data_dir"))

    @classmethod
    def absences_in(cls, content: Mapping[str, Any]) -> tuple[str, ...]:
        """Return a sentence for each thing of *content* that is absent now; a check warns of it."""
        return ()

    @model_validator(mode="before")
    @classmethod
    def _remember_content(cls, content: Any) -> Any:
        _CONTENT.set(content)
        return content

    @model_validator(mode="after")
    def _refuse_conflicts(self) -> Self:
        if found := list(self.conflicts_in(self.model_dump(exclude_unset=True))):
            raise PydanticCustomError(
                CONFLICT, "{text}", {"text": "; ".join(each.text for each in found)}
            )
        return self

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


_CONTENT: ContextVar[Mapping[str, Any]] = ContextVar("_CONTENT")
"""The content of the file and the environment together, as it was before it was validated."""

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
    """The address of one MQTT broker, the user and the times of a connection."""

    host: str = "127.0.0.1"
    port: int = Field(1883, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = None
    password_file: SecretFile = None
    tls: bool = False
    ca_file: SecretFile = None
    # The certificate that proves this end, and its key: for a broker that takes its name as the user.
    certificate_file: SecretFile = None
    key_file: SecretFile = None
    keepalive_s: int = Field(20, ge=5, le=3600)
    # Seconds without a word from the broker, while it owes an answer, after which the connection is
    # taken as dead: EN 50136-1 D4 allows an alarm 20 s in all.
    answer_s: float = Field(10.0, ge=1.0, le=60.0)
    root: str = Field(DEFAULT_ROOT, pattern=ROOT_PATTERN)

    def secret(self) -> str | None:
        """Return the password, from its file where one is named."""
        return secret_of(self.password, self.password_file)

    @field_validator("key_file")
    @classmethod
    def _belongs_to_a_certificate(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and info.data.get("certificate_file") is None:
            raise ValueError("a key without its certificate; set certificate_file too")
        return file


def different_roots(content: Mapping[str, Any]) -> Iterator[Conflict]:
    """Yield the other brokers in *content* whose topics are not those of its broker."""
    root = table(content.get("broker")).get("root", DEFAULT_ROOT)
    for number, each in enumerate(tables(content.get("other_brokers"))):
        own = each.get("root", DEFAULT_ROOT)
        if own != root:
            text = f"{own!r} is not the root of broker; make it {root!r}"
            yield Conflict(("other_brokers", number, "root"), text)


def table(value: object) -> Mapping[str, Any]:
    """Return *value* if it is a table; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def tables(value: object) -> list[Mapping[str, Any]]:
    """Return *value* if it is a list of tables, with an empty one for what is none."""
    return [table(each) for each in value] if isinstance(value, list | tuple) else []


class Web(Part):
    """The address of a service's own HTTP server; port 0 takes any free one."""

    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    # Clients at once, and from one address; at most half of the files that the process may open.
    connections: int = Field(1_000, ge=1, le=30_000)
    connections_by_address: int = Field(250, ge=1, le=30_000)


class GuardedWeb(Web):
    """An HTTP server that must not be open to a network without a token."""

    token: SecretStr | None = None
    token_file: SecretFile = Field(None, validate_default=True)

    # Whether programs of this machine need no token; without this and without a token one is made.
    open: bool = False
    # Names, besides its own host and those of loopback, by which the server may be asked.
    hosts: tuple[str, ...] = ()
    # Whether /metrics needs no token where other machines reach the server.
    open_metrics: bool = False

    def secret(self) -> str | None:
        """Return the token that requests must carry, from its file where one is named."""
        return secret_of(self.token, self.token_file)

    @property
    def names(self) -> frozenset[str]:
        """Return the names by which the server may be asked, besides those of loopback."""
        return frozenset(each.lower().rstrip(".") for each in (self.host, *self.hosts))

    @property
    def guards_metrics(self) -> bool:
        """Return whether ``/metrics`` needs the token, too."""
        return not self.open_metrics and not is_loopback(self.host)

    @field_validator("token")
    @classmethod
    def _long_enough(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None:
            check_length(token.get_secret_value(), "the token")
        return token

    @field_validator("token_file")
    @classmethod
    def _guarded_beyond_this_machine(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        host = info.data.get("host", "127.0.0.1")
        if file is None and info.data.get("token") is None and not is_loopback(host):
            text = f"{host} can be reached from outside; set token or token_file, or listen on 127.0.0.1"
            raise ValueError(text)
        if file is not None and _SECRETS_ARE_READ.get() and file.exists():
            check_length(read_text(file).strip(), str(file))
        return file

    @field_validator("open")
    @classmethod
    def _open_to_this_machine_alone(cls, is_open: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        if is_open and not is_loopback(info.data.get("host", "127.0.0.1")):
            raise ValueError('needs host = "127.0.0.1"; set token_file to serve other machines')
        if is_open and (info.data.get("token") or info.data.get("token_file")):
            raise ValueError("a token is set, too; remove one of the two")
        return is_open


SHORTEST_TOKEN = 32
"""Characters of a token at the least: 128 random bits in hexadecimal figures."""


def check_length(secret: str, named: str) -> None:
    """Refuse a token that is absent or can be guessed; raises ValueError, which never repeats it."""
    if len(secret) < SHORTEST_TOKEN:
        found = "empty" if not secret else f"shorter than {SHORTEST_TOKEN} characters"
        raise ValueError(f"{named} is {found}; make one: (umask 077; openssl rand -hex 32 > FILE)")


def unusable_folder(key: str, value: object) -> Iterator[Conflict]:
    """Yield why *value* can never become a folder with files, if so; it may have to be made first.

    Whoever checks may be another user than the service, so that a lack of rights is no reason.
    """
    if not isinstance(value, str | Path):
        return
    path = Path(value).absolute()
    there = next(each for each in (path, *path.parents) if each.exists())
    try:
        Path(mkdtemp(prefix=".tocsin-", dir=there)).rmdir()
    except PermissionError:
        return
    except OSError as error:
        reason = f"{value} cannot be a folder with files ({error.strerror})"
        yield Conflict((key,), f"{reason}; choose one on a disk that can be written")


def secret_of(value: SecretStr | None, file: Path | None) -> str | None:
    """Return a secret that is set directly or, first, in a file of its own."""
    if file is not None:
        return read_text(file).strip()
    return value.get_secret_value() if value else None


S = TypeVar("S", bound=ServiceSettings)


def load_settings(model: type[S], file: Path | None) -> S:
    """Return the settings in *file* and the environment; raises BadSettings naming every mistake."""
    toml = open_toml(file) if file else TomlFile()
    mistakes = _unknown_variables(model)
    try:
        settings = model(**toml.content)
    except SettingsError as exc:
        mistakes.append(f"environment: {exc}: {exc.__cause__}; lists and tables are written as JSON")
    except RecursionError:
        mistakes.append("environment: JSON nested too deep; write lists and tables in a settings file")
    except ValidationError as exc:
        mistakes += _mistakes(model, exc, file, toml)
    else:
        if not mistakes:
            return settings
    raise BadSettings(mistakes)


def check_settings(model: type[S], file: Path | None) -> tuple[list[str], tuple[str, ...]]:
    """Return errors and warnings of the settings in *file* and the environment, one sentence each.

    It finds what ``load_settings`` refuses, and what can never work although a service would start.
    """
    warnings: tuple[str, ...] = ()
    errors: list[str] = []
    content: Mapping[str, Any] = {}
    try:
        toml = open_toml(file) if file else TomlFile()
        content = toml.content
        settings = load_settings(model, file)
        content = settings.model_dump()
        warnings = settings.warnings + model.absences_in(content)
    except BadSettings as error:
        errors += error.errors
    source = str(file or "environment")
    unworkable = model.unworkable_in(content)
    errors += [located(source, each.place, each.text, file=toml) for each in unworkable]
    return errors, warnings


def _mistakes(
    model: type[ServiceSettings], exc: ValidationError, file: Path | None, toml: TomlFile
) -> list[str]:
    """Return a line for each error of *exc*, and for each conflict between keys, right or wrong."""
    content = _CONTENT.get(toml.content)
    faults = [
        (_source(model, each, file), key_of(each, content), sentence(each, model.forms))
        for each in exc.errors()
        if each["type"] != CONFLICT
    ]
    own = str(file or "environment")
    faults += [(own, each.place, each.text) for each in model.conflicts_in(content)]
    faults.sort(key=lambda fault: (fault[0] != own, toml.line(fault[1]) or 0))
    others = TomlFile(toml.content)
    return [
        located(source, place, text, file=toml if source == own else others, content=content)
        for source, place, text in faults
    ]


def _unknown_variables(model: type[ServiceSettings]) -> list[str]:
    """Return a line for each variable that has the prefix of *model* and names none of its keys."""
    prefix = model.model_config["env_prefix"].upper()
    ours = [name for name in os.environ if prefix and name.upper().startswith(prefix)]
    return [
        f"environment: {name}: no such setting; correct its name or unset it"
        for name in ours
        if name.upper().removeprefix(prefix).lower().split("__")[0] not in model.model_fields
    ]


def _source(model: type[ServiceSettings], error: ErrorDetails, file: Path | None) -> str:
    """Return the variable that the bad value came from, else the file."""
    path = [str(part).upper() for part in error["loc"]]
    prefix = model.model_config["env_prefix"].upper()
    variables = {name.upper(): name for name in os.environ}
    for length in range(len(path), 0, -1):
        name = variables.get(prefix + "__".join(path[:length]))
        if name is not None:
            return f"environment: {name}"
    return str(file or "environment")


def read_toml(file: Path) -> dict[str, Any]:
    """Return the content of *file*; raises BadSettings if it cannot be read or is not TOML."""
    return open_toml(file).content


def open_toml(file: Path) -> TomlFile:
    """Return *file* with its lines; raises BadSettings if it cannot be read or is not TOML."""
    try:
        return read_toml_file(file)
    except BadToml as error:
        raise BadSettings([str(error)]) from error


def describe(
    exc: ValidationError,
    source: str,
    *,
    forms: Mapping[str, str] = MappingProxyType({}),
    file: TomlFile = TomlFile(),  # noqa: B008 (frozen)
    below: Place = (),
) -> list[str]:
    """Return a line for each mistake: the file, the key, and what is wrong with it.

    *forms* says in words, by its pattern, how a text must be written. With *file*, entries of its lists
    are named, and lines; what was validated stands *below* a place in it, which *source* names already.
    """
    return one_line_each(exc.errors(), source, forms=forms, file=file, below=below)
