"""The verb ``exchange``: documents that a center hands over to another system."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "verify": Verb("tocsin.exchange_verify_command:verify", "Verify a document by its signature."),
    "verifier": Verb(
        "tocsin.exchange_verify_command:verifier", "Print the verifier: one file of plain Python."
    ),
}

app = lazy_group(
    VERBS,
    help="Verify the documents by which a center hands its registry over (docs/exchange.md).",
    no_args_is_help=True,
)
