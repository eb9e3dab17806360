-- When an obligation warns, is late and is decided about (casework.lapses): each follows from the obligation alone. Instants are ms since 1970.

ALTER TABLE cases.obligation
    ADD COLUMN warns_at   bigint,                     -- the first warning before it lapses
    ADD COLUMN late_from  bigint,                     -- first instant at which it is late; null: no clock runs, or no duty
    ADD COLUMN decides_at bigint,                     -- when its node says that it is overdue, or presses it one level higher
    ADD COLUMN level      integer NOT NULL DEFAULT 0; -- how often that was said at the due time that holds

-- What was opened before: duties all, and these two the only ones in hours. Whatever changes a case next writes the rest.
UPDATE cases.obligation SET late_from = due + CASE WHEN rule IN ('alert_verification', 'alert_processed') THEN 1 ELSE 1000 END
    WHERE due IS NOT NULL;
UPDATE cases.obligation SET decides_at = late_from WHERE state = 'OPEN' OR state = 'MET' AND settled >= late_from;

CREATE INDEX obligation_decides ON cases.obligation (decides_at) WHERE decides_at IS NOT NULL;
CREATE INDEX obligation_uncertain ON cases.obligation (case_id) WHERE NOT certain AND state = 'OPEN';
