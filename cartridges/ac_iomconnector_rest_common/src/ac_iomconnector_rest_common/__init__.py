"""REST client for IOM: authentication, media types, time-outs, retries, error reports."""
