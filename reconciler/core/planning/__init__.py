"""What becomes of the differences: ordered steps, judged against limits, written as a plan file."""
