-- Two more kinds of people: the compliance desk, which judges what lines contest, and rescue officers.
-- PostgreSQL 15 and newer.

ALTER TABLE access_token DROP CONSTRAINT access_token_kind_check;
ALTER TABLE access_token ADD CONSTRAINT access_token_kind_check
    CHECK (kind IN ('carrier', 'viewer', 'recipient', 'operator', 'desk', 'rescue'));
