"""A small invented house (云麓集团) to try the product on: units, people with sign-ins, customers, matters."""
