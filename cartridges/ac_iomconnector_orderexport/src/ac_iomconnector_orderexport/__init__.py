"""IOM Order Export Service over Order REST 2.0-2.4, with the order mapper and its extension points."""
