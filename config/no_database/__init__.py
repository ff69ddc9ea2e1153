"""The database of a process that was given none."""
