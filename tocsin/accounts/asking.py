"""Questions at the terminal: a password, and a code of the device that shows one-time codes."""

from __future__ import annotations

import typer

from tocsin.failures import stop

TRIES = 3
"""Times that a password or a code is asked for."""


def ask_password(name: str, display_name: str) -> str:
    """Ask for a password of the account *name*; return its hash, or end the program."""
    from accounts.domain.passwords import composed, password_fault
    from accounts.hashing import HASHER
    from accounts.links import CENTER_WORDS

    for _ in range(TRIES):
        password: str = typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
        fault = password_fault(password, names=(name, display_name, *CENTER_WORDS))
        if fault is None:
            break
        typer.echo(f"this password is {fault.value}", err=True)
    else:
        stop(f"{TRIES} passwords were refused; nothing was changed")
    return HASHER.hash(composed(password))


def ask_device(name: str) -> str:
    """Show a secret for the device of the account *name*; return it once a code proves it."""
    from accounts.domain.second_factor import enrolment_link, new_code_secret

    secret = new_code_secret()
    typer.echo("add this to the app that shows one-time codes:", err=True)
    typer.echo(f"  {enrolment_link(secret, name, 'Tocsin')}", err=True)
    typer.echo(f"or type its secret there: {secret}", err=True)
    _ask_code(secret)
    return secret


def recovery_lines(codes: list[str]) -> list[str]:
    """Return the lines that show recovery *codes*."""
    head = "recovery codes, each for once, where the device is lost; print them and lock them away:"
    return [head, *(f"  {each}" for each in codes)]


def _ask_code(secret: str) -> None:
    from accounts.domain.second_factor import matching_step
    from contract.times import to_micros
    from runtime.clock import utc_now

    for _ in range(TRIES):
        code: str = typer.prompt("the code that it shows", err=True)
        if matching_step(secret, code, to_micros(utc_now())) is not None:
            return
        typer.echo("this code is wrong; compare the clocks, and take the next one", err=True)
    stop(f"{TRIES} codes were wrong; nothing was changed")
