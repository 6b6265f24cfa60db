"""B2B data of an order in its IOM document: approval, cost center, project, message to merchant."""
