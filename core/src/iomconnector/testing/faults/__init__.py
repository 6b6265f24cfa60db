"""Faults for real: processes that die and hang, databases that fail over, disks that are full, clocks that
jump, connections that break; and a verdict on what is left.

See docs/testing.md for how a fault test is written.
"""
