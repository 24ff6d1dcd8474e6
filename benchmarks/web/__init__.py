"""How fast the dashboard's pages are with 200 pilots and millions of rows."""
