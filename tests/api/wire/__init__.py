"""What goes over the wire between a client and a LangGraph server: recorded, masked and compared."""
