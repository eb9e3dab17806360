-- What was said here, so that saying it again says nothing new (D19) and a correction meets the version that stands (D20).
CREATE TABLE gateway.statement (
    type          text NOT NULL,
    key           text NOT NULL,         -- parts of the business key, NFC, joined by 0x1F
    correction_of uuid,                  -- the version that this one replaces; null for the first
    event_id      uuid NOT NULL PRIMARY KEY,
    source        text NOT NULL,
    case_id       text NOT NULL,
    content       bytea NOT NULL,        -- SHA-256 of what counts when two statements are compared
    CONSTRAINT statement_said_once UNIQUE NULLS NOT DISTINCT (type, key, correction_of)
);
CREATE INDEX statement_case ON gateway.statement (case_id, type);
