"""The verbs ``accounts token``: tokens of systems."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "add": Verb("tocsin.accounts.token_changes:add", "Make a token, which is shown once."),
    "list": Verb("tocsin.accounts.token_list:list_tokens", "List tokens, their scopes and last use."),
    "rotate": Verb("tocsin.accounts.token_changes:rotate", "Make a new token; the old one works on."),
    "revoke": Verb("tocsin.accounts.token_changes:revoke", "Revoke a token at once."),
}

app = lazy_group(
    VERBS,
    help="Tokens of systems, such as a map, a report or another center: each has a name, scopes, areas "
    "or premises, and an end. A token is shown once and stored as a hash; list shows its last use.",
    no_args_is_help=True,
)
