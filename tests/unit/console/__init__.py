"""Console: what each screen is sent, and what is passed on."""
