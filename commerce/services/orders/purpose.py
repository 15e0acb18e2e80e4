"""What payments for orders are for, in the words of the money floor."""

PURPOSE = "order"
