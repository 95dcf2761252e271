"""The formats of docs/reference, written a second time."""
