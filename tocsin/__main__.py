"""``tocsin``: every part of Tocsin, one verb each."""

import typer

from tocsin import (
    incident_command,
    measures_command,
    registry_commands,
    services,
    sim_commands,
    versions,
)
from tocsin.demo.command import demo
from tocsin.evaluate.command import evaluate
from tocsin.explain_command import explain
from tocsin.help_texts import lay_out
from tocsin.ledger_command import ledger

app = typer.Typer(
    name="tocsin",
    help="Carries a fire signal from a detector on a wall to the people who must act, "
    "and proves that it arrived.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.callback()(versions.callback)
services.add_to(app)
app.add_typer(sim_commands.app, name="sim")
app.add_typer(registry_commands.app, name="registry")
app.add_typer(incident_command.app, name="incident")
app.add_typer(measures_command.app, name="measure")
app.command("ledger")(ledger)
app.command("explain")(explain)
app.command("demo")(demo)
app.command("evaluate")(evaluate)
lay_out(app)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
