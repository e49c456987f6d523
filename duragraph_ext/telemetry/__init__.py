"""What the server tells about itself; a leaf that every other package may use."""
