"""What the business talks about: orders, addresses, money, approvals."""
