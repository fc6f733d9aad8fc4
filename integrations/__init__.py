"""Adapters of outside systems, each with its simulator."""
