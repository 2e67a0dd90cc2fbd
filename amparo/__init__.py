"""Composition root: command line, process supervisor, application factories."""
