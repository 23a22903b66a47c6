"""The web face. Flask lives here and nowhere else."""
