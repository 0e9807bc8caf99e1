"""Replay of a recorded history under another registry."""
