"""Settings, vocabulary and code tables that every IOM service shares."""
