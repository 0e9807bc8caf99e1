"""All texts that people read, English and Vietnamese side by side (docs/translating.md)."""
