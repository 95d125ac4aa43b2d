"""What differs between desired and observed: found, judged, and never ordered."""
