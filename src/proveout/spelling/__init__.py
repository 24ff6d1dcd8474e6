"""How people write figures and days: names of currencies and months, and what one text may mean."""
