"""The scenario as a file: its tables, their validation, and the library that is shipped."""
