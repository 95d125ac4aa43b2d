"""What the README and the documents claim in figures, measured again: `make benchmarks`."""
