"""Subjects, their journals and what follows from them (对象、记录、义务). ``record()`` is the only writer."""
