-- Word for the inboxes of this node's members, until it is handed out; no part of what both nodes hold alike.
CREATE TABLE cases.notice (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id text COLLATE "C" NOT NULL,
    event   uuid NOT NULL,
    whom    text NOT NULL,                        -- a division, or the source of whoever opened the case
    why     text NOT NULL,
    asked   boolean NOT NULL,                     -- a *processed* receipt is asked of him
    source  text NOT NULL,                        -- who said the event
    aside   boolean NOT NULL DEFAULT false        -- nobody is there whom it is for
);
CREATE INDEX notice_waiting ON cases.notice (id) WHERE NOT aside;
