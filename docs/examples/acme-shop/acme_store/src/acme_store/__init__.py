"""Tells IOM in which of ACME's stores an order was placed."""
