"""The job engines: PgQueuer, in the memory of the process or on PostgreSQL."""
