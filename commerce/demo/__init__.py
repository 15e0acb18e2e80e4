"""A made-up shop that hangs together: vendors, products, people and what they bought."""
