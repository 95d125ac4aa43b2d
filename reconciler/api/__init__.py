"""The network: the API's fields as our values, retries, the rate limit, and the one client that speaks HTTP."""
