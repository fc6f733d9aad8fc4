"""Reads form-js schemas and validates the answers; knows nothing of the rest."""
