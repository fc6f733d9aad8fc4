"""The doctor of the whole service: its cases, database, machine and backups."""
