"""The zip of an advanced dataset: its bytes, the object store that keeps it, and the address that the API reads it from."""
