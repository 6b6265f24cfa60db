"""Faults on purpose: slow, lying, dying answers, by rule and by seed."""
