"""The command line: options in, exit code out; what a command does lives in `app`, what it says in `render`."""
