"""Tasks that run beside the intake: deadlines, audit, watches, housekeeping."""
