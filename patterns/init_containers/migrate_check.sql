-- Compares the scripts with the table: sets migrate_table_exists, migrate_pending, migrate_newer.
SELECT to_regclass(format('%I.%I', :'migrate_schema', :'migrate_table')) IS NOT NULL AS migrate_table_exists,
    true AS migrate_pending, false AS migrate_newer, false AS migrate_changed \gset
\if :migrate_table_exists
    SELECT count(*) FILTER (WHERE applied.sha256 IS NULL) > 0 AS migrate_pending,
        count(*) FILTER (WHERE known.sha256 IS NULL) > 0 AS migrate_newer,
        coalesce(max(version COLLATE "C") FILTER (WHERE known.sha256 IS NULL), '') AS migrate_newer_last,
        count(*) FILTER (WHERE known.sha256 <> applied.sha256) > 0 AS migrate_changed,
        format('%s was changed after it was applied; put it back as it was, and write the change as another script',
            min(version COLLATE "C") FILTER (WHERE known.sha256 <> applied.sha256)) AS migrate_problem
    FROM json_each_text(:'migrate_scripts') AS known (version, sha256)
    FULL JOIN :"migrate_schema".:"migrate_table" AS applied USING (version) \gset
    \if :migrate_changed
        \ir fail.sql
    \endif
\endif
