"""How pages write dates: the day before the month's name, and twenty-four hours."""
