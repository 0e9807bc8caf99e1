"""The path at which a gateway tells what came over a line."""


def heard_path(line: str) -> str:
    """Return the path of what was heard on *line*."""
    return f"/lines/{line}/heard"
