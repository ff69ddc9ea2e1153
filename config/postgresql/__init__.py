"""PostgreSQL as Django knows it, with two things that every page of a respondent needs and Django does not offer."""
