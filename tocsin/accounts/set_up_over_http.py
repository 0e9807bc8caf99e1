"""Redeems a code that works once at the center's web server: a password, and a device where needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import typer

from contract.http.common import Missing
from contract.http.sessions import AccountReady, EnrolledDevice, NewDevice, SetupRequest
from runtime.text_files import NotText, read_text
from tocsin.failures import stop
from tocsin.http_client import ServiceClient, is_private

SESSION = "/api/v1/session"


def redeem_code(
    url: str, code_file: Path | None, *, name: str, display_name: str
) -> tuple[str, list[str]]:
    """Set the password of the account of a code; return its name, and recovery codes of a new device.

    *name* and *display_name* are needed with the code of the first administrator.
    """
    if not is_private(url):
        stop(f"{url}: the password could be read on its way; name an address that begins with https://")
    code = _code(code_file)
    password: str = typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
    client = ServiceClient(url, named_by="--url", cookie="")
    asked = SetupRequest(link=code, password=password, name=name, display_name=display_name)
    ready: AccountReady = client.post("/api/v1/setup", msgspec.to_builtins(asked)).decoded(AccountReady)
    if Missing.SECOND_FACTOR not in ready.missing:
        return ready.account, []
    return ready.account, _enrol_device(client, ready.account, password)


def _code(file: Path | None) -> str:
    """Return the code: from *file*, from standard input where that is -, or asked for."""
    try:
        if file is None:
            text: str = typer.prompt("code", hide_input=True, err=True)
        else:
            text = typer.get_text_stream("stdin").readline() if str(file) == "-" else read_text(file)
    except (OSError, NotText) as error:
        stop(f"{file}: cannot be read ({error}); name the file that holds the code")
    return text.strip()


def _enrol_device(client: ServiceClient, name: str, password: str) -> list[str]:
    """Enrol a device in a session for this alone; return the recovery codes."""
    begun = client.post(SESSION, {"name": name, "password": password})
    signed_in = replace(client, cookie=begun.cookie)
    answer = signed_in.post(f"{SESSION}/second-factor", {"password": password})
    device: NewDevice = answer.decoded(NewDevice)
    typer.echo("add this to the app that shows one-time codes:", err=True)
    typer.echo(f"  {device.link}", err=True)
    typer.echo(f"or type its secret there: {device.secret}", err=True)
    code: str = typer.prompt("the code that it shows", err=True)
    confirmed = signed_in.post(f"{SESSION}/second-factor/confirm", {"code": code.strip()})
    enrolled: EnrolledDevice = confirmed.decoded(EnrolledDevice)
    signed_in.delete(SESSION)
    return enrolled.recovery_codes
