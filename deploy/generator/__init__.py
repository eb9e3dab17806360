"""Writes the files of deploy/ that follow from elsewhere, so that no decision is taken twice: `make deploy-files`. A test compares them."""
