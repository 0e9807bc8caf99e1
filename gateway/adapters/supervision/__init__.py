"""The gateway on site: its supervision, its status page and its lamp."""
