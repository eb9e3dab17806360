-- What the rules of warning rest on. Only samples that failed at some time have a row: about two in a hundred.

CREATE TABLE warning.sample (
    case_id   text COLLATE "C" PRIMARY KEY,
    sequence  bigint NOT NULL,            -- of the newest result; 0 while only a withdrawal has come
    versions  uuid[] NOT NULL,
    withdrawn uuid[] NOT NULL,
    stands    boolean NOT NULL,           -- evidence now
    event_id  uuid,                       -- of the newest result; it and what follows are null where that is no evidence
    province  text,
    day       integer,                    -- since 1970
    subject   text COLLATE "C",           -- USCC, else derived key
    name      text,
    uscc      text,
    division  text,
    decides   text                        -- the node that warns of this subject
);

CREATE INDEX sample_subject ON warning.sample (subject) WHERE stands;

-- What this node itself has said: decisions, so a rebuild leaves them alone.
CREATE TABLE warning.alert (
    subject  text COLLATE "C",
    period   integer,
    alert_id uuid NOT NULL,               -- the newest version
    case_id  text COLLATE "C" NOT NULL,
    evidence uuid[] NOT NULL,
    open     boolean NOT NULL,
    last     uuid NOT NULL,               -- the last thing said, a closing included
    PRIMARY KEY (subject, period)
);

-- Subjects that a rebuild has touched and may not decide about before it is past its beginning (D9).
CREATE TABLE warning.undecided (
    subject text COLLATE "C" PRIMARY KEY
);
