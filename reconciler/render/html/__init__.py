"""The report on a plan as one HTML file: no script, no request, and every foreign word through one gate."""
