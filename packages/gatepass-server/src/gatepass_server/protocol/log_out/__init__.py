"""Log-outs that reach every program: asked for by one, told to the others, behind the browser or in it."""
