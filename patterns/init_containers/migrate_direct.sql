-- Fails where a pooler lends one session of the server to several clients, and would keep the lock for nobody. It mostly
-- lends again what it got back last: another client is in the session migrate_pid too, or this one is not any more.
\set migrate_other `psql --no-psqlrc --no-password --quiet --tuples-only --no-align --command 'SELECT pg_backend_pid()'`
SELECT :'migrate_pid' = :'migrate_other' OR :'migrate_pid' <> pg_backend_pid()::text AS migrate_pooled,
    'a pooler stands between that changes the session between transactions; connect to the server itself'
        AS migrate_problem \gset
\if :migrate_pooled
    \ir fail.sql
\endif
