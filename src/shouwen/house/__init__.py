"""The Django project: settings, addresses, server entry. It puts the rooms together and holds no rule."""
