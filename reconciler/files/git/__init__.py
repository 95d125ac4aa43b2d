"""Git, asked so that nothing of a repository is ever run: revisions, and which folders are unchanged."""
