"""The dashboard: a Panel app that reads and acts through the API only."""
