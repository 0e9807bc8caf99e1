"""Rules that confirm a fire, one file each."""
