"""The disk: manifests with positions, images with digests, captions, the cache, the plan file, the journal."""
