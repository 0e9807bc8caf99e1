"""The command line, in pieces that need no process."""
