"""The guided demonstration: several hundred orders through faults, checked on both sides."""
