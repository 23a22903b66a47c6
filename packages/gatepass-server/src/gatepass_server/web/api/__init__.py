"""The JSON endpoints, one file each."""
