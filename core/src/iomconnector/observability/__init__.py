"""What a running system tells about its work: log context, traces, metrics. [docs/observability.md]"""
