"""What members of staff do with cases at the desk. Whoever holds no wrap of a case gets the answer of a missing one."""
