-- Laboratories and certificates: each fact is a licence or certificate as of a day, so several stand beside each other (domain 8.1).
ALTER TABLE recognition.fact
    DROP CONSTRAINT fact_kind_check,
    ADD CONSTRAINT fact_kind_check CHECK (kind IN ('RESULT', 'RECALL', 'SANCTION', 'LABORATORY', 'CERTIFICATE')),
    ADD COLUMN number text COLLATE "C";              -- of a certificate; of a laboratory its CNAS number
ALTER TABLE recognition.act
    DROP CONSTRAINT act_kind_check,
    ADD CONSTRAINT act_kind_check CHECK (kind IN ('LIFT', 'WITHDRAW', 'OVERTURN', 'CONCLUDE'));   -- effective_at of CONCLUDE: 1 overturns
CREATE INDEX fact_number ON recognition.fact (number) WHERE current AND number IS NOT NULL;
CREATE INDEX fact_laboratory ON recognition.fact (cma_no) WHERE current AND kind = 'LABORATORY';
