-- Takes this session's advisory lock where a script is left to apply; sets migrate_pending.
\set VERBOSITY terse
\getenv migrate_seconds MIGRATE_SECONDS
SELECT extract(epoch FROM clock_timestamp())::numeric + :migrate_seconds AS migrate_end,
    coalesce(nullif(:'migrate_schema', ''), current_schema(), 'public') AS migrate_schema \gset
\ir check.sql
\if :migrate_newer
    \warn :migrate_says :migrate_newer_last 'is applied and not known here, as after a newer version; it stays'
\endif
\if :migrate_pending
    SELECT pg_backend_pid() AS migrate_pid \gset
    \ir direct.sql
    \ir direct.sql
    \ir session.sql
    SET statement_timeout = 0;
    SELECT set_config('migrate.lock', :'migrate_lock', false) AS migrate_none,
        set_config('migrate.end', :'migrate_end', false) AS migrate_none_2 \gset
    DO $migrate$
    DECLARE
        holder text;
        told boolean := false;
    BEGIN
        WHILE NOT pg_try_advisory_lock(current_setting('migrate.lock')::bigint) LOOP
            SELECT format('%s (pid %s) since %s', a.application_name, a.pid, a.backend_start) INTO holder
            FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND (l.classid::bigint << 32) + l.objid::bigint = current_setting('migrate.lock')::bigint;
            IF extract(epoch FROM clock_timestamp()) > current_setting('migrate.end')::float8 THEN
                RAISE EXCEPTION 'gave up waiting for the lock, which % holds', coalesce(holder, 'somebody');
            END IF;
            IF holder IS NOT NULL AND NOT told THEN
                RAISE INFO 'waits for its turn after %', holder;
                told := true;
            END IF;
            -- CREATE INDEX CONCURRENTLY of the one whose turn it is waits for the end of every statement, so this one
            -- must not wait for it: https://github.com/golang-migrate/migrate/issues/960
            COMMIT;
            PERFORM pg_sleep(0.2 + random() * 0.3);
        END LOOP;
    END $migrate$;
    -- what another one has applied meanwhile
    \ir check.sql
    \if :migrate_table_exists
    \else
        CREATE TABLE :"migrate_schema".:"migrate_table" (
            version text PRIMARY KEY,
            sha256 text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            applied_by text NOT NULL
        );
    \endif
\endif
