"""The pure heart: values in, values out; nothing here reads a file, a clock or a network."""
