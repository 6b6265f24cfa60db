"""The Order REST contract, read by hand: versions, schema rules, and rules that only descriptions tell."""
