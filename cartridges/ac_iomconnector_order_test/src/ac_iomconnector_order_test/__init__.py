"""Test kit for IOM orders: the referee, rules of the API descriptions, order strategies."""
