"""What notebooks and scripts hold in their hands: the server over HTTP, and nothing else."""
