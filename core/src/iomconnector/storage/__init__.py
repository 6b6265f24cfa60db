"""Tables, repositories and database preparation."""
