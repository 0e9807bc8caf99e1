"""The verb ``audit``: the chain of what was done at the center, exported and verified."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "export": Verb("tocsin.audit_export_command:export", "Write the chain of a period to a file."),
    "verify": Verb("tocsin.audit_verify_command:verify", "Verify an export, or the database itself."),
    "verifier": Verb(
        "tocsin.audit_verifier_command:verifier", "Print the verifier: one file of plain Python."
    ),
}

app = lazy_group(
    VERBS,
    help="Export and verify the audit chain: signals, timelines, attempts, registries, who did what.",
    no_args_is_help=True,
)
