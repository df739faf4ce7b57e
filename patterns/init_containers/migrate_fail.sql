-- Ends with an error that says migrate_problem.
SELECT set_config('migrate.problem', :'migrate_problem', false) AS migrate_none \gset
DO $migrate$ BEGIN RAISE EXCEPTION '%', current_setting('migrate.problem'); END $migrate$;
