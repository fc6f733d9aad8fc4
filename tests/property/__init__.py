"""Random processes against a second, tiny interpreter written from the standard."""
