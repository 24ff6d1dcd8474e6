"""The database that gateways, monitors and people share."""
