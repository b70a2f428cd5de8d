"""SQLite for this house."""
