"""Reports and screens made from values, and the printers that print them as text, Markdown, HTML and JSON."""
