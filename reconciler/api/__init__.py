"""The network: the API's words and ours, retries, limits, and the one client that speaks HTTP."""
