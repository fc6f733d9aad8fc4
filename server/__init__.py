"""The Flask server, the workers and the command line."""
