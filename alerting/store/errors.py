"""The errors of the database, by the names under which the rooms above the store catch them."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

DatabaseError = DBAPIError
"""The database refused a statement or could not be reached; mostly a further try helps."""

ValueRefused = DataError
"""The database refused a value that no further try will store."""

OF_ONE_CHANGE = (DataError, IntegrityError)
"""Errors for which what one change did is undone, and its transaction goes on."""
