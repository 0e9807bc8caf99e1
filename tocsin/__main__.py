"""``tocsin``: every part of Tocsin, one verb each."""

import os

from tocsin import versions
from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "gateway": Verb("tocsin.service_commands:of_gateway", "Run a gateway: detectors in, signals out."),
    "receiver": Verb(
        "tocsin.service_commands:receiver", "Run a receiver: other makers' transmitters in, signals out."
    ),
    "ingest": Verb("tocsin.service_commands:ingest", "Run ingest: readings into the readings store."),
    "alerting": Verb(
        "tocsin.service_commands:alerting", "Run alerting: confirm fires, escalate, notify people."
    ),
    "console": Verb("tocsin.service_commands:console", "Run console: the duty desk in a browser."),
    "incident": Verb("tocsin.incident_command:app", "List, acknowledge, advance and close incidents."),
    "explain": Verb("tocsin.explain_command:explain", "Explain an incident from its first signal on."),
    "duties": Verb("tocsin.duties_command:app", "List what is due for fire prevention, and record it."),
    "override": Verb(
        "tocsin.override_command:app", "Begin, list and end tests, drills, silences, maintenance."
    ),
    "registry": Verb(
        "tocsin.registry_command:app", "Import, export, change, rehearse and show the registry."
    ),
    "exchange": Verb("tocsin.exchange_command:app", "Verify what a center handed over."),
    "premises": Verb(
        "tocsin.premises_command:app", "Find premises, what is missing of them; the scene of a fire."
    ),
    "areas": Verb("tocsin.areas.command:app", "Areas as of a day, by any name of today or before."),
    "file": Verb("tocsin.file_command:app", "Keep plans, photographs and fire plans of premises."),
    "contact": Verb("tocsin.contact_command:app", "Try the addresses of contacts."),
    "broker": Verb("tocsin.broker_command:app", "Write the broker's rules from the registry."),
    "pki": Verb("tocsin.pki.command:app", "Keys and certificates of gateways and servers."),
    "accounts": Verb(
        "tocsin.accounts.command:app", "People who may sign in, their roles; tokens of systems."
    ),
    "relay": Verb("tocsin.relay_command:app", "Show the keys of receivers of webhooks."),
    "ledger": Verb("tocsin.ledger_command:ledger", "Check that all that gateways sent is stored."),
    "report": Verb("tocsin.report_command:app", "Figures of a period, response times, the daily sheet."),
    "audit": Verb("tocsin.audit_command:app", "Export and verify the chain of what was done."),
    "sim": Verb("tocsin.sim.command:app", "Simulate detectors, modems and a command center."),
    "evaluate": Verb("tocsin.evaluate.command:evaluate", "Score the detection of recorded fires."),
    "demo": Verb("tocsin.demo.command:demo", "Watch a simulated fire travel to a command center."),
}

app = lazy_group(
    VERBS,
    name="tocsin",
    help="Carries a fire signal from a detector on a wall to the people who must act, "
    "and proves that it arrived.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.callback()(versions.callback)


def main() -> None:
    """Run the command line; what it writes is for the person who runs it alone."""
    os.umask(0o077)
    app()


if __name__ == "__main__":
    main()
