"""Orders made from a list: the same law as for one reward, in batches."""
