"""Working stand-ins and real servers for the tests."""
