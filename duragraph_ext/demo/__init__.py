"""The demo that ships with DuraGraph: a research agent over a small public-domain corpus, without any key."""
