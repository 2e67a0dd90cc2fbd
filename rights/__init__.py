"""Rights cards with source, as-of date and status."""
