"""The authority of a center: the keys and certificates of its machines."""
