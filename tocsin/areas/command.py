"""The verb ``areas``: list, find and show areas, and what belongs to no decided one."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "list": Verb("tocsin.areas.list:list_", "List the areas in force on a day, as a tree."),
    "find": Verb("tocsin.areas.find:find", "Find areas by any name that they have or had."),
    "show": Verb("tocsin.areas.show:show", "Show an area, who succeeded whom, and its units."),
    "unresolved": Verb(
        "tocsin.areas.unresolved:unresolved", "List premises whose area cannot be told on a day."
    ),
}

app = lazy_group(
    VERBS,
    help="Areas of the active registry as of a day: their tree, names and successions.",
    no_args_is_help=True,
)
