"""The disk: manifests with positions, images and digests, captions, the plan file, the journal."""
