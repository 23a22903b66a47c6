"""Pages for people: rendered by the server, readable without a script, one module for each screen."""
