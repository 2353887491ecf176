"""How figures are made of what members did, and of each other. Pure: values in, values out."""
