"""Galleries, judged from values only: what is complete, what is approved, and which alias may move to it."""
