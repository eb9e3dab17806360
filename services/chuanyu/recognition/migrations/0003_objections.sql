-- A result that a party disputes stands, shown as disputed until the objection is concluded (domain 7.5, 8.2).
ALTER TABLE recognition.fact
    ADD COLUMN objected boolean NOT NULL DEFAULT false;             -- derived by the fold: an objection is open
ALTER TABLE recognition.act
    DROP CONSTRAINT act_kind_check,
    ADD CONSTRAINT act_kind_check CHECK (kind IN ('LIFT', 'WITHDRAW', 'OVERTURN', 'OBJECT', 'CONCLUDE')),
    ADD COLUMN objection text COLLATE "C" NOT NULL DEFAULT '';      -- kind and day of the objection that is raised or concluded
