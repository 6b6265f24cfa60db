"""Payment data of ACME Pay for IOM."""
