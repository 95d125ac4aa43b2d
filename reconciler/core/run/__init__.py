"""What a run may do with what it has just read; decided here, done in `execute`."""
