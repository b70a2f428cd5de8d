"""Which policies hold for which unit and kind of subject, since when; and the calendars of the house (治理)."""
