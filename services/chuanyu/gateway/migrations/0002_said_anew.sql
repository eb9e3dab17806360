-- What was withdrawn and may be said again replaces the version that was withdrawn; correction_of names that one, and anew tells the two apart.
ALTER TABLE gateway.statement
    ADD COLUMN submission text NOT NULL DEFAULT '',      -- the submitter's own id; empty where it is not known any more
    ADD COLUMN anew boolean NOT NULL DEFAULT false;      -- said again after a withdrawal, no correction
