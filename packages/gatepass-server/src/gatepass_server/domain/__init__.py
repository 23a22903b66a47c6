"""Pure facts and rules: no database, no web, no protocol."""
