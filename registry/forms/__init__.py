"""Forms of the fire police: PC01 of premises, written as DOCX and PDF, and read back from a DOCX."""
