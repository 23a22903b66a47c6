"""The one room that fetches from, and posts to, addresses that others name: SSRF ends here."""
