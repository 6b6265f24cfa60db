"""The shop's orders: placing, approval, local order history."""
