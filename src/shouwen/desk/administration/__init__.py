"""Pages by which the house is administered (管理): every act there is written down as an entry."""
