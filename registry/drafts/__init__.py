"""Changes of the registry that are prepared, checked and approved before they are applied."""
