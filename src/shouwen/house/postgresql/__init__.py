"""PostgreSQL for this house."""
