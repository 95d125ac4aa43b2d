"""Git, asked without ever letting a repository run anything: revisions, tree ids, attributes."""
