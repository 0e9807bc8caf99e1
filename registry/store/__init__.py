"""The versions of the registry in the database: read, changed, compared, restored, signed."""

from registry.store.earlier_versions import stored_part
from registry.store.errors import (
    ChangeRefused,
    ConflictingChange,
    InvalidChange,
    UnknownVersion,
    UnsoundVersion,
)
from registry.store.imports import Import, Importing, describe
from registry.store.parts_read import gateways, names_of, one_premises, shared_tables
from registry.store.reading import EMPTY, RegistryVersion, latest, numbered
from registry.store.row_history import RowEvent, RowVersion
from registry.store.showing import (
    NO_POLICY,
    change_json,
    change_line,
    show_json,
    show_lines,
    summary_json,
    summary_line,
)
from registry.store.store import (
    RegistryStore,
    active_version,
    existing_store,
    history_of_row,
    import_registry,
    list_versions,
    numbered_version,
    open_store,
    preview,
    store_registry,
)
from registry.store.stored_versions import (
    StoredVersion,
    latest_number,
    latest_stored,
    sign_version,
    stored_content_hash,
    stored_version,
)
from registry.store.summaries import VersionSummary
from registry.store.tables import metadata

__all__ = [
    "EMPTY",
    "NO_POLICY",
    "ChangeRefused",
    "ConflictingChange",
    "Import",
    "Importing",
    "InvalidChange",
    "RegistryStore",
    "RegistryVersion",
    "RowEvent",
    "RowVersion",
    "StoredVersion",
    "UnknownVersion",
    "UnsoundVersion",
    "VersionSummary",
    "active_version",
    "change_json",
    "change_line",
    "describe",
    "existing_store",
    "gateways",
    "history_of_row",
    "import_registry",
    "latest",
    "latest_number",
    "latest_stored",
    "list_versions",
    "metadata",
    "names_of",
    "numbered",
    "numbered_version",
    "one_premises",
    "open_store",
    "preview",
    "shared_tables",
    "show_json",
    "show_lines",
    "sign_version",
    "store_registry",
    "stored_content_hash",
    "stored_part",
    "stored_version",
    "summary_json",
    "summary_line",
]
