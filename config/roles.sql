-- The three roles that Enquiry logs in with. Run by psql as a superuser, as often as one likes:
-- by the embedded services at their first start, and by docker-compose.yml when its database is made.
-- The passwords come from the environment, so that no command line shows them.
\set ON_ERROR_STOP on
\getenv owner_password ENQUIRY_OWNER_PASSWORD
\getenv web_password ENQUIRY_WEB_PASSWORD
\getenv worker_password ENQUIRY_WORKER_PASSWORD

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['enquiry_owner', 'enquiry_web', 'enquiry_worker']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- The owner makes and migrates databases. Web and worker get, table by table, what config/grants.py says.
ALTER ROLE enquiry_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE enquiry_web LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'web_password';
ALTER ROLE enquiry_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'worker_password';

-- The owner may step into the other two, never the other way round: tests exercise the grants so.
GRANT enquiry_web, enquiry_worker TO enquiry_owner WITH INHERIT FALSE, SET TRUE;

-- Where psql was pointed at a database of the project itself, the owner owns it.
SELECT format('ALTER DATABASE %I OWNER TO enquiry_owner', current_database())
WHERE current_database() <> 'postgres'
\gexec
