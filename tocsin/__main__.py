"""``tocsin``: every part of Tocsin, one verb each."""

import typer

from tocsin import demo_command, registry_commands, services, sim_commands

app = typer.Typer(
    name="tocsin",
    help="Carries a fire signal from a detector on a wall to the people who must act, and proves that it arrived.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

services.add_to(app)
app.add_typer(sim_commands.app, name="sim")
app.add_typer(registry_commands.app, name="registry")
app.command("demo")(demo_command.demo)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
