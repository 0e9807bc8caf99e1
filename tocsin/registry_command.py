"""The verb ``registry``: the registry, imported from TOML into the center's database."""

from tocsin.lazy_group import Verb, lazy_group

VERBS = {
    "import": Verb("tocsin.registry_import_command:import_", "Import TOML files as the registry."),
    "export": Verb("tocsin.registry_export_command:export", "Write the whole registry as TOML."),
    "draft": Verb("tocsin.registry_draft_command:app", "Change it over HTTP: drafts, checks, approval."),
    "rehearse": Verb(
        "tocsin.registry_rehearse_command:rehearse", "Replay recent history under new TOML files."
    ),
    "compare": Verb(
        "tocsin.registry_compare_command:compare", "Compare its points with those of the gateways."
    ),
    "template": Verb("tocsin.registry_template_command:template", "Write spreadsheets to be filled."),
    "sheet": Verb("tocsin.registry_sheet_command:sheet", "Preview and import spreadsheets."),
    "sheet-export": Verb(
        "tocsin.registry_template_command:sheet_export", "Write tables as spreadsheets."
    ),
    "undo": Verb("tocsin.registry_undo_command:undo", "Take back what a version changed."),
    "show": Verb("tocsin.registry_show_command:show", "Show the active version, or an earlier one."),
    "versions": Verb(
        "tocsin.registry_versions_command:versions", "List its versions, the latest first."
    ),
    "history": Verb("tocsin.registry_history_command:history", "List the changes of one row."),
    "restore": Verb("tocsin.registry_restore_command:restore", "Make an earlier version the next one."),
}

app = lazy_group(
    VERBS,
    help="Import, rehearse, compare and show the registry: premises, zones, points, people, policies.",
    no_args_is_help=True,
)
