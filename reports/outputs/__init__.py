"""Forms of a report: JSON, CSV, spreadsheet, PDF. The same report makes the same bytes."""
