"""``tocsin sim command-center``: a simulated command center that prints relays."""

from pathlib import Path
from typing import Annotated

import typer

from alerting.center_secret import FILE as CENTER_SECRET
from alerting.domain.notification.templates import in_language
from contract.local_time import local_time_of_day
from contract.signing import BadSecret, read_secrets
from contract.times import from_micros
from firmware_sim.peers.command_center import Relay, RelayTopics, run_command_center
from registry.model.contacts import VIETNAMESE
from runtime.log import set_up_log
from runtime.process import run_process
from runtime.settings import Broker
from runtime.text_files import NotText, read_text
from tocsin.failures import stop
from tocsin.language import Language, chosen_language
from words.people_text import shown


def command_center(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine.")] = 8090,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Log each relay and its arrival in FILE.")
    ] = None,
    language: Language = None,
    key: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Believe only what is signed by the secret in it; may repeat."
        ),
    ] = None,
    topics: Annotated[
        str | None, typer.Option(metavar="FILTER", help="Take relays over MQTT at these topics too.")
    ] = None,
    broker_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Of the broker on this machine, for --topics.")
    ] = 1883,
) -> None:
    """Play a command center: take relays, and print each in the duty officer's words.

    Alerting reaches it at http://127.0.0.1:PORT/relay, and whomever else it shall play at
    http://127.0.0.1:PORT/relay/PERSON. With --topics 'tocsin/notify/#' it hears too what alerting tells
    over MQTT. With --key FILE it checks the signatures of webhooks, as a real one should:
    FILE is relay.signing_key_file of alerting, or center-secret in its data_dir. A real receiver has but
    its own key, which tocsin relay key PERSON shows.
    """
    spoken = chosen_language(language, default=VIETNAMESE)
    keys = tuple(each for file in key or [] for each in _keys(file))

    def show(relay: Relay) -> None:
        when = local_time_of_day(from_micros(relay.arrived_at))
        text = in_language(relay.body.text, spoken)
        typer.echo(f"{when} {relay.channel} {shown(relay.address)}: {shown(text)}")

    set_up_log()
    heard = RelayTopics(Broker(port=broker_port), topics, "--broker-port") if topics else None
    center = run_command_center(
        "127.0.0.1", port, port_named="--port", log=log, on_relay=show, secrets=keys, topics=heard
    )
    raise typer.Exit(run_process(lambda: center))


def _keys(file: Path) -> tuple[bytes, ...]:
    try:
        text = read_text(file)
        return (text.strip().encode(),) if file.name == CENTER_SECRET else read_secrets(text)
    except OSError as error:
        stop(f"--key {file}: {error.strerror}; name the file that holds the secret")
    except (NotText, BadSecret) as error:
        stop(f"--key {file}: {error}")
