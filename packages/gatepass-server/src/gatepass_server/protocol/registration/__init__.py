"""Programs that register themselves (RFC 7591, RFC 7592), or publish what they are (Client ID Metadata Document)."""
