"""The report on a plan as one tree of values, which text, Markdown, HTML and JSON print."""
