-- When a case is to be closed by silence, and by which edition of the mechanics it was folded: a start folds older ones again (`work.recount`).

ALTER TABLE cases.case
    ADD COLUMN silent  bigint,                     -- when its home says that nobody answered; null: never
    ADD COLUMN edition integer NOT NULL DEFAULT 1;

CREATE INDEX case_silent ON cases.case (silent) WHERE silent IS NOT NULL;
CREATE INDEX case_edition ON cases.case (edition, case_id);
