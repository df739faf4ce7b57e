-- Applies one script, unless it is applied: in one transaction with its row, where it can.
SELECT count(*) = 0 AS migrate_this FROM :"migrate_schema".:"migrate_table" WHERE version = :'migrate_script' \gset
\if :migrate_this
    \warn :migrate_says 'applying' :migrate_script
    \ir session.sql
    \set migrate_path :migrate_directory/:migrate_script
    \if :migrate_in_transaction
        BEGIN;
        SELECT txid_current() AS migrate_transaction \gset
    \endif
    \i :migrate_path
    -- whatever it has set
    \set ON_ERROR_STOP on
    \set QUIET on
    \set AUTOCOMMIT on
    \set VERBOSITY terse
    RESET SESSION AUTHORIZATION;
    RESET ROLE;
    RESET ALL;
    \if :migrate_in_transaction
        SELECT txid_current()::text = :'migrate_transaction' AS migrate_whole,
            format('%s ended the transaction that it runs in, and what it did until then stays; take BEGIN, COMMIT and '
                'ROLLBACK out of it, or name it in without_transaction', :'migrate_script') AS migrate_problem \gset
    \else
        SELECT now() = statement_timestamp() AS migrate_whole,
            format('%s begins a transaction and does not end it; write COMMIT', :'migrate_script') AS migrate_problem \gset
    \endif
    \if :migrate_whole
    \else
        \ir fail.sql
    \endif
    SELECT count(*) > 0 AS migrate_held,
        'the lock is lost; connect to the server itself, without a pooler that changes the session between transactions'
            AS migrate_problem
    FROM pg_locks
    WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND granted AND objsubid = 1
        AND (classid::bigint << 32) + objid::bigint = :migrate_lock \gset
    \if :migrate_held
    \else
        \ir fail.sql
    \endif
    INSERT INTO :"migrate_schema".:"migrate_table" (version, sha256, applied_by)
    SELECT :'migrate_script', :'migrate_scripts'::json ->> :'migrate_script', current_setting('application_name');
    \if :migrate_in_transaction
        COMMIT;
    \endif
    \warn :migrate_says 'applied' :migrate_script
\endif
