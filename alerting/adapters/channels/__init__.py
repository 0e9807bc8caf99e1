"""The ways to tell people: each is one file behind one port."""
