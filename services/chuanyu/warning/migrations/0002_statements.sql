-- What was stated about samples, so that what takes effect is what takes effect in their cases: in any sequence, and only once its original
-- has come (D12). Every result has a row, without which nobody knows whether what a correction names ever came.
DROP TABLE warning.sample;

CREATE TABLE warning.statement (
    case_id     text COLLATE "C",
    logicaltime bigint,
    topic       text COLLATE "C",
    sequence    bigint,
    event_id    uuid NOT NULL,
    source      text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('RESULT', 'CONCLUSION', 'WITHDRAWAL')),
    names       uuid,                     -- what it corrects or withdraws
    overturns   boolean NOT NULL,         -- of a conclusion
    stands      boolean NOT NULL,         -- evidence now
    day         integer,                  -- since 1970; it and what follows are null where it is no evidence
    subject     text COLLATE "C",         -- USCC, else derived key
    name        text,
    uscc        text,
    division    text,
    decides     text,                     -- the node that warns of this subject
    PRIMARY KEY (case_id, logicaltime, topic, sequence)
);

CREATE INDEX statement_subject ON warning.statement (subject) WHERE stands;

-- What this node itself has said, one row an event: decisions, so a rebuild leaves them alone. What a restored, older database lacks is
-- learnt when it comes on the own topic.
CREATE TABLE warning.said (
    event_id    uuid PRIMARY KEY,
    place       bigint GENERATED ALWAYS AS IDENTITY,
    logicaltime bigint,                   -- null until it has come back
    case_id     text COLLATE "C" NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    period      integer NOT NULL,
    alert_id    uuid NOT NULL,            -- the version of the alert, or the one that it closed
    evidence    uuid[] NOT NULL           -- empty: closed
);

CREATE INDEX said_subject ON warning.said (subject, period);
CREATE INDEX said_case ON warning.said (case_id);

INSERT INTO warning.said (event_id, logicaltime, case_id, subject, period, alert_id, evidence)
    SELECT last, 0, case_id, subject, period, alert_id, evidence FROM warning.alert;

DROP TABLE warning.alert;

-- Families whose records are read again from their beginning at the next start.
CREATE TABLE warning.again (
    family text PRIMARY KEY
);

INSERT INTO warning.again VALUES ('spotcheck');
