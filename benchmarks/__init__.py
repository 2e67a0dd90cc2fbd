"""Figures of docs/performance.md: `make bench`. They are printed, never asserted."""
