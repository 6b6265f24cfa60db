"""What tests and documentation of the back office start from: service types, contexts, accounts."""
