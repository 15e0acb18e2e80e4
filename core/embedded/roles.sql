-- Roles and database of Tradewind. PostgreSQL 15 or newer, run with psql by a superuser, or by a
-- role that may make roles and databases:
--
--   psql -v owner_password=... -v app_password=... -f core/embedded/roles.sql postgres
--
-- It may be run again at any time: it changes passwords and settings to what is said here and
-- leaves data alone. What each role is for: docs/install-outside-database.md.

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET password_encryption = 'scram-sha-256';

-- Logins and groups -------------------------------------------------------------------------
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY[
    'tradewind_owner', 'tradewind_app',
    'tw_base', 'tw_admin', 'tw_manager', 'tw_agent', 'tw_readonly',
    'tw_shopper', 'tw_anonymous', 'tw_system'
]) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Who runs this without being superuser (managed servers) acts for the owner below.
SELECT format('GRANT tradewind_owner TO %I', current_user)
WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
\gexec

-- Owns the tables and runs the migrations. CREATEDB is for the test databases only.
ALTER ROLE tradewind_owner LOGIN INHERIT CREATEDB NOCREATEROLE PASSWORD :'owner_password';

-- The only login of web and workers. NOINHERIT: what a tw_* role may do counts only after
-- SET ROLE, so a query that forgot its identity is refused.
ALTER ROLE tradewind_app LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD :'app_password';

ALTER ROLE tw_base NOLOGIN INHERIT;
ALTER ROLE tw_admin NOLOGIN INHERIT;
ALTER ROLE tw_manager NOLOGIN INHERIT;
ALTER ROLE tw_agent NOLOGIN INHERIT;
ALTER ROLE tw_readonly NOLOGIN INHERIT;
ALTER ROLE tw_shopper NOLOGIN INHERIT;
ALTER ROLE tw_anonymous NOLOGIN INHERIT;
ALTER ROLE tw_system NOLOGIN INHERIT;

-- Policies mean nothing to SUPERUSER and BYPASSRLS. New roles have neither; roles of these names
-- that somebody made before might.
DO $$
DECLARE
    wide text;
BEGIN
    SELECT string_agg(rolname, ', ') INTO wide
    FROM pg_roles
    WHERE (rolsuper OR rolbypassrls) AND rolname IN (
        'tradewind_owner', 'tradewind_app', 'tw_base', 'tw_admin', 'tw_manager', 'tw_agent',
        'tw_readonly', 'tw_shopper', 'tw_anonymous', 'tw_system'
    );
    IF wide IS NOT NULL THEN
        RAISE EXCEPTION 'Every policy lets these roles through: %. Take SUPERUSER and BYPASSRLS from them.', wide;
    END IF;
END
$$;

-- Memberships (written without WITH INHERIT, which PostgreSQL 15 does not know: the members'
-- own INHERIT / NOINHERIT above decides, on every version) -----------------------------------
GRANT tw_base TO tw_admin, tw_manager, tw_agent, tw_readonly, tw_shopper, tw_anonymous, tw_system;
GRANT tw_base, tw_admin, tw_manager, tw_agent, tw_readonly, tw_shopper, tw_anonymous, tw_system
    TO tradewind_app;
-- Functions that run with the owner's rights (SECURITY DEFINER) pass the policies of tw_system.
GRANT tw_system TO tradewind_owner;

-- Time limits. The ceiling of any session; web processes ask for less when they connect.
ALTER ROLE tradewind_app SET statement_timeout = '60s';
ALTER ROLE tradewind_app SET lock_timeout = '5s';
ALTER ROLE tradewind_app SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE tradewind_app SET timezone = 'UTC';
ALTER ROLE tradewind_owner SET lock_timeout = '5s';
ALTER ROLE tradewind_owner SET timezone = 'UTC';

-- Database ----------------------------------------------------------------------------------
SELECT 'CREATE DATABASE tradewind OWNER tradewind_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'tradewind')
\gexec

ALTER DATABASE tradewind OWNER TO tradewind_owner;
GRANT CONNECT, TEMPORARY ON DATABASE tradewind TO tradewind_owner, tradewind_app, tw_base;
REVOKE ALL ON DATABASE tradewind FROM PUBLIC;

\connect tradewind
SET client_min_messages = warning;
ALTER SCHEMA public OWNER TO tradewind_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tradewind_app, tw_base;
