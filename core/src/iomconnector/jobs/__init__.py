"""The durable work, run in the process or beside it."""
