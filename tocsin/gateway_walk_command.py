"""The verb ``gateway walk-test``: points tick off as they are tripped, and the result can be signed."""

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct

from tocsin.failures import stop
from tocsin.gateway_site import Config, SiteGateway, SiteStatus, encoded, site_gateway
from tocsin.options import AsJson
from tocsin.terminal import say, say_encoded

PURPOSE = "tocsin-walk-test-1"
"""Begins what is signed of a result."""

_LOOK_S = 1.0


class WalkedPoint(Struct, frozen=True):
    """A configured point; *tripped_at* in microseconds since 1970, None where it did not trip."""

    name: str
    address: str
    tripped_at: int | None
    two_on_its_address: bool


class WalkTest(Struct, frozen=True, kw_only=True):
    """The result of a walk test, by the person who walked."""

    premises: str
    gateway: str
    by: str
    began_at: int
    ended_at: int
    points: list[WalkedPoint]
    unknown: list[str]
    """Points that nobody configured and that tripped."""
    public_key: str = ""
    """That of the gateway which signed, in hexadecimal digits; empty where it is not enrolled."""

    @property
    def missing(self) -> list[str]:
        """The points that did not trip."""
        return [each.name for each in self.points if each.tripped_at is None]

    @property
    def is_whole(self) -> bool:
        """Whether each point tripped, at an address of its own."""
        return not self.missing and not any(each.two_on_its_address for each in self.points)


def walk_test(
    config: Config = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who walks; stands in the result.")] = "",
    for_s: Annotated[
        float, typer.Option("--for", metavar="SECONDS", min=1, help="End after so many seconds.")
    ] = 3_600.0,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the result there, signed where enrolled.")
    ] = None,
    verify: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Only verify the signature of a result.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tick off each point as it trips, until all did, the time is over, or Ctrl-C.

    First put the premises on test at the center, or each point that trips is a fire there:
    tocsin override begin. The result names what is missing, two detectors at one address, and
    points that nobody configured. An enrolled gateway signs it with its key; --verify checks that, and
    shows the id of the key, which tocsin pki list has too. Exit code 1: something is missing.
    """
    if verify is not None:
        _verify(verify)
        return
    gateway = site_gateway(config)
    result = _walked(gateway, by=by, until=time.monotonic() + for_s, quiet=as_json)
    body = _signed(result, gateway.key_file)
    if write is not None:
        write.write_bytes(body + b"\n")
    if as_json:
        say_encoded(body.decode())
    else:
        say(*_summary(result))
    raise typer.Exit(0 if result.is_whole else 1)


def _walked(gateway: SiteGateway, *, by: str, until: float, quiet: bool) -> WalkTest:
    first, _ = gateway.status()
    told: set[str] = set()
    result = _result(first, first.at, by)
    try:
        while result.missing and time.monotonic() < until:
            result = _result(gateway.status()[0], first.at, by)
            for each in result.points:
                if each.tripped_at is not None and each.name not in told and not quiet:
                    told.add(each.name)
                    say(f"{len(told)} of {len(result.points)}: {each.name}")
            time.sleep(_LOOK_S)
    except KeyboardInterrupt:
        pass  # the end of the walk
    return result


def _result(now: SiteStatus, began_at: int, by: str) -> WalkTest:
    def tripped(at: int | None) -> int | None:
        return at if at is not None and at >= began_at else None

    return WalkTest(
        premises=now.premises,
        gateway=now.gateway,
        by=by,
        began_at=began_at,
        ended_at=now.at,
        points=[
            WalkedPoint(each.name, each.address, tripped(each.tripped_at), _is_doubled(each.conditions))
            for each in now.points
            if each.kind is not None
        ],
        unknown=[each.name for each in now.points if each.kind is None and tripped(each.tripped_at)],
    )


def _is_doubled(conditions: list[dict[str, str]]) -> bool:
    return any(each["reason"] == "duplicate_address" for each in conditions)


def _summary(result: WalkTest) -> list[str]:
    tripped = len(result.points) - len(result.missing)
    said = [f"{tripped} of {len(result.points)} tripped"]
    if result.missing:
        said.append(f"missing: {', '.join(result.missing)}")
    if doubled := [each.address for each in result.points if each.two_on_its_address]:
        said.append(f"two on one address: {', '.join(doubled)}")
    if result.unknown:
        said.append(f"not configured: {', '.join(result.unknown)}")
    return said


def _signed(result: WalkTest, key_file: Path) -> bytes:
    if not key_file.is_file():
        return encoded(result).encode()
    from contract.gateway_signing import BadKey, SigningKey

    try:
        key = SigningKey.from_pem(key_file.read_bytes())
    except (OSError, BadKey) as error:
        stop(f"{key_file}: {error}; run this as the gateway's user, or enroll it anew")
    whole = msgspec.structs.replace(result, public_key=key.public_key.hex())
    return key.sign_document(PURPOSE, encoded(whole).encode())


def _verify(file: Path) -> None:
    from contract.gateway_signing import BadKey, SignatureVerdict, VerifyingKey, split_signature

    try:
        document = split_signature(file.read_bytes().strip())
        if document is None:
            stop(f"{file}: has no signature; an enrolled gateway signs the results of its walk tests")
        result = msgspec.json.decode(document.body, type=WalkTest)
        key = VerifyingKey(bytes.fromhex(result.public_key))
    except OSError as error:
        stop(f"{file}: {error.strerror}")
    except (msgspec.MsgspecError, BadKey, ValueError) as error:
        stop(f"{file}: not the result of a walk test: {error}")
    if key.verify_document(PURPOSE, document) is not SignatureVerdict.VALID:
        stop(f"{file}: was changed after it was signed, or was signed by another key")
    say(f"signed by the key {key.key_id} of {result.premises}/{result.gateway}", *_summary(result))
