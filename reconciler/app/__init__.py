"""The use cases: plain functions that compose the rooms below them."""
