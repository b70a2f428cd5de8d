"""The operations, one module a subject: each asks the rooms above and tells what they say."""
