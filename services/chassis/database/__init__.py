"""One database per service and ward: transactions, tables of the chassis, migrations, encryption at rest."""
