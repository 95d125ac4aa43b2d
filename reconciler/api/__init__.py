"""The network: the API's fields as our values, retries, the rate limit, and the one client that speaks HTTP."""

import sys

# The HTTP library imports its own command line where that is installed, and with it libraries for colours and syntax. They take as
# long as the rest of it. What stands here as None cannot be imported, and the library goes on without.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # so the language defines it; the types do not say it
