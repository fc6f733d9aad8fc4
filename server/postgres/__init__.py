"""The PostgreSQL of a laptop, a demo and the tests: its place, its socket, its life."""
