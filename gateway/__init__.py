"""The maritime passenger-data gateway: receive, read, normalise, check, route, write, seal, deliver, track."""

__version__ = "0.1.0"
