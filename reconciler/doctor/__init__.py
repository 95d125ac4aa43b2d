"""The dataset doctor: what makes a training set better or worse, judged from values only."""
