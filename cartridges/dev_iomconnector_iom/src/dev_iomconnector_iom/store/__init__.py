"""Where orders are kept: one SQLite file, one connection, short transactions."""
