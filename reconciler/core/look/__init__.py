"""Reads of plans and trees for people: history, versions, drift, and a tree compared with an earlier one offline."""
