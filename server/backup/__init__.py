"""Backups: taken, followed minute by minute, checked, brought back."""
