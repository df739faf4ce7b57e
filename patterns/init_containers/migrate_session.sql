-- Limits of what comes next: the time that is left, and the wait for a lock of a table.
SELECT greatest(1, ((:migrate_end - extract(epoch FROM clock_timestamp())::numeric) * 1000)::bigint) AS migrate_left \gset
SET statement_timeout = :migrate_left;
SET lock_timeout = :migrate_lock_timeout;
-- so that the server notices within seconds that its client, or the client's node, is gone; older ones know not all
DO $migrate$
DECLARE
    setting text[];
BEGIN
    FOREACH setting SLICE 1 IN ARRAY ARRAY[
        ['client_connection_check_interval', '2000'],
        ['tcp_keepalives_idle', '10'],
        ['tcp_keepalives_interval', '5'],
        ['tcp_keepalives_count', '3'],
        ['tcp_user_timeout', '25000']
    ] LOOP
        BEGIN
            PERFORM set_config(setting[1], setting[2], false);
        EXCEPTION WHEN OTHERS THEN
            NULL;
        END;
    END LOOP;
END $migrate$;
