"""Named, frozen copies of all dates, and what has become of them since."""
