"""Everything that crosses a process boundary: sentences, messages, topics, HTTP, recordings."""
