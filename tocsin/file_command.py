"""The verb ``file``: plans, photographs and fire plans of premises, kept by their content."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "add": Verb(
        "tocsin.file_add_command:add", "Keep files, checked and made harmless; say their hashes."
    ),
    "show": Verb("tocsin.file_show_command:show", "List the files that are kept, or save one."),
    "prune": Verb("tocsin.file_prune_command:prune", "Remove files that nothing refers to."),
}

app = lazy_group(
    VERBS,
    help="Plans, photographs and fire plans of premises, which the registry names by their hashes.",
    no_args_is_help=True,
)
