"""The connector to Epicor Kinetic (ERP 10 and 11), REST version 2."""
