"""One file per journey of a person: sign up, log in, stay logged in."""
