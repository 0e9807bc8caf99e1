"""Files of premises: floor plans, photographs, fire plans; checked, made harmless, kept by content."""
