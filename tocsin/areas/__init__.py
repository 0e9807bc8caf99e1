"""The verb ``areas``: areas as of a day, found by any name, and what cannot be told of premises."""
