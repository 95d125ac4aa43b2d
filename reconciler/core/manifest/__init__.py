"""What a tree declares: documents become manifests, manifests become `Desired`, and all that is wrong is said at once."""
