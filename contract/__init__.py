"""What crosses a process boundary, and nothing else: sentences, messages, topics, recordings."""
