"""The verb ``broker``: the rules of the center's broker."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "rules": Verb("tocsin.broker_rules_command:rules", "Write the broker's rules from the registry."),
}

app = lazy_group(VERBS, help="The rules of the center's broker (mosquitto).", no_args_is_help=True)
