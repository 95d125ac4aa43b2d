"""Views of plans, reports, problems and states, and the printers that only print them."""
