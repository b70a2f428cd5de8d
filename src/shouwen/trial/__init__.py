"""Trial (演练): the cases of a policy acted out in a house of their own, through the journal's one door.

What comes about there is evidence that a demand is carried out: a duty that stands in the database, was due and was
chased; an act refused; a number given. The house is made from the roles that the policy names.
"""
