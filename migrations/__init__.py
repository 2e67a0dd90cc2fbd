"""Alembic migrations: every change of the tables, in order. `amparo migrate` runs them."""
