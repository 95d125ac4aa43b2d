"""Captions on the disk: read as people keep them, and written back."""
