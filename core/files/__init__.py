"""Files people send in: looked into, stored, shown, swept away. See README.md."""
