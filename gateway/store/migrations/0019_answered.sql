-- A single window's answer names the message that it answers: what was said in it is found by its id. PostgreSQL 15 and newer.

CREATE INDEX call_said_by_message ON call_said ((said ->> 'message')) WHERE said ? 'message';
