"""Sources of keys that look after themselves: fetched from an address, or read from a file that may change."""
