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
from registry.store.reading import EMPTY, RegistryVersion, latest, numbered
from registry.store.row_history import RowEvent, RowVersion
from registry.store.showing import NO_POLICY, show_json, show_lines
from registry.store.store import (
    RegistryStore,
    VersionSummary,
    active_version,
    existing_store,
    import_registry,
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
    "describe",
    "existing_store",
    "import_registry",
    "latest",
    "latest_number",
    "latest_stored",
    "metadata",
    "numbered",
    "open_store",
    "preview",
    "show_json",
    "show_lines",
    "sign_version",
    "store_registry",
    "stored_content_hash",
    "stored_part",
    "stored_version",
]
