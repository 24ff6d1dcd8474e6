"""One module per subject, each with its PAGES and DEEDS; `web.site` lists the modules."""
