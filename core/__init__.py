"""The ground floor: configuration, database, clock, keys, errors, logs, queue. Imports nothing of ours."""
