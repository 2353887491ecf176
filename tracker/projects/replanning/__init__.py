"""What moves when something of a running plan changes. Pure: values in, values out."""
