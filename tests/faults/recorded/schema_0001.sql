--
-- PostgreSQL database dump
--


-- Dumped from database version 18.6
-- Dumped by pg_dump version 18.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: refuse_event_change(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse_event_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation';
END $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: assistant_versions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.assistant_versions (
    assistant_id uuid NOT NULL,
    version integer NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    graph_id text NOT NULL,
    name text NOT NULL,
    description text,
    config json NOT NULL,
    context json NOT NULL,
    metadata jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: assistants; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.assistants (
    assistant_id uuid NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    graph_id text NOT NULL,
    name text NOT NULL,
    description text,
    config json NOT NULL,
    context json NOT NULL,
    metadata jsonb NOT NULL,
    version integer NOT NULL,
    latest integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone
);


--
-- Name: blob_json; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.blob_json (
    thread_id text NOT NULL,
    checkpoint_ns text NOT NULL,
    channel text NOT NULL,
    version text NOT NULL,
    value json NOT NULL
);


--
-- Name: checkpoint_blobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkpoint_blobs (
    thread_id text NOT NULL,
    checkpoint_ns text DEFAULT ''::text NOT NULL,
    channel text NOT NULL,
    version text NOT NULL,
    type text NOT NULL,
    blob bytea
);


--
-- Name: checkpoint_json; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkpoint_json (
    thread_id text NOT NULL,
    checkpoint_ns text NOT NULL,
    checkpoint_id text NOT NULL,
    tasks json,
    live json
)
WITH (fillfactor='70');


--
-- Name: checkpoint_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkpoint_migrations (
    v integer NOT NULL
);


--
-- Name: checkpoint_writes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkpoint_writes (
    thread_id text NOT NULL,
    checkpoint_ns text DEFAULT ''::text NOT NULL,
    checkpoint_id text NOT NULL,
    task_id text NOT NULL,
    idx integer NOT NULL,
    channel text NOT NULL,
    type text,
    blob bytea NOT NULL,
    task_path text DEFAULT ''::text NOT NULL
);


--
-- Name: checkpoints; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkpoints (
    thread_id text NOT NULL,
    checkpoint_ns text DEFAULT ''::text NOT NULL,
    checkpoint_id text NOT NULL,
    parent_checkpoint_id text,
    type text,
    checkpoint jsonb NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL
);


--
-- Name: event_streams; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event_streams (
    stream_id uuid NOT NULL,
    stream_type text NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    epoch integer DEFAULT 0 NOT NULL,
    op_seq bigint DEFAULT 0 NOT NULL,
    sealed boolean DEFAULT false NOT NULL,
    CONSTRAINT event_streams_stream_type_check CHECK ((stream_type = ANY (ARRAY['run'::text, 'thread'::text, 'assistant'::text, 'graph'::text])))
)
WITH (fillfactor='50');


--
-- Name: events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events (
    global_seq bigint NOT NULL,
    event_id uuid DEFAULT gen_random_uuid() NOT NULL,
    stream_id uuid NOT NULL,
    stream_type text NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    schema_version smallint DEFAULT 1 NOT NULL,
    payload json NOT NULL,
    metadata json,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    xact xid8 DEFAULT pg_current_xact_id() NOT NULL
);


--
-- Name: events_global_seq_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.events ALTER COLUMN global_seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_global_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: execution_history; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.execution_history (
    run_id uuid NOT NULL,
    task_id text NOT NULL,
    attempt integer NOT NULL,
    node text NOT NULL,
    ns text NOT NULL,
    step integer NOT NULL,
    status text NOT NULL,
    error text,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT execution_history_status_check CHECK ((status = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'interrupted'::text, 'lost'::text, 'cancelled'::text])))
)
WITH (fillfactor='70');


--
-- Name: frames; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.frames (
    run_id uuid NOT NULL,
    epoch integer NOT NULL,
    first integer NOT NULL,
    last integer NOT NULL,
    data bytea NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: graphs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.graphs (
    tenant_id text NOT NULL,
    owner text NOT NULL,
    graph_id text NOT NULL,
    source_hash text NOT NULL,
    definition json NOT NULL,
    error json,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL
);


--
-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_keys (
    tenant_id text NOT NULL,
    owner text NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    run_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: interrupts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.interrupts (
    interrupt_id text NOT NULL,
    run_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    task_id text NOT NULL,
    node text NOT NULL,
    ns text NOT NULL,
    value json NOT NULL,
    status text NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    CONSTRAINT interrupts_status_check CHECK ((status = ANY (ARRAY['open'::text, 'resolved'::text])))
);


--
-- Name: outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox (
    id uuid NOT NULL,
    subject text NOT NULL,
    aggregate_type text NOT NULL,
    payload json NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    next_retry_at timestamp with time zone
);


--
-- Name: outbox_dead; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox_dead (
    id uuid CONSTRAINT outbox_id_not_null NOT NULL,
    subject text CONSTRAINT outbox_subject_not_null NOT NULL,
    aggregate_type text CONSTRAINT outbox_aggregate_type_not_null NOT NULL,
    payload json CONSTRAINT outbox_payload_not_null NOT NULL,
    tenant_id text CONSTRAINT outbox_tenant_id_not_null NOT NULL,
    owner text CONSTRAINT outbox_owner_not_null NOT NULL,
    created_at timestamp with time zone DEFAULT now() CONSTRAINT outbox_created_at_not_null NOT NULL,
    attempts integer DEFAULT 0 CONSTRAINT outbox_attempts_not_null NOT NULL,
    last_error text,
    next_retry_at timestamp with time zone,
    dead_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: runs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.runs (
    run_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    assistant_id uuid NOT NULL,
    assistant_version integer NOT NULL,
    graph_id text NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    status text NOT NULL,
    multitask_strategy text NOT NULL,
    metadata jsonb NOT NULL,
    kwargs json NOT NULL,
    error json,
    lease_epoch integer DEFAULT 0 NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    attempt_id uuid,
    worker_id uuid,
    checkpoint_id text,
    ephemeral boolean DEFAULT false NOT NULL,
    ready_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    deleted_at timestamp with time zone,
    CONSTRAINT runs_multitask_strategy_check CHECK ((multitask_strategy = ANY (ARRAY['reject'::text, 'enqueue'::text, 'interrupt'::text, 'rollback'::text]))),
    CONSTRAINT runs_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'success'::text, 'error'::text, 'timeout'::text, 'interrupted'::text])))
)
WITH (fillfactor='60');


--
-- Name: snapshots; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.snapshots (
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    state json NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: threads; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.threads (
    thread_id uuid NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    status text NOT NULL,
    metadata jsonb NOT NULL,
    config json NOT NULL,
    error json,
    graph_id text,
    assistant_id uuid,
    active_run_id uuid,
    queued integer DEFAULT 0 NOT NULL,
    checkpoint_id text,
    ephemeral boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    state_updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    purged_at timestamp with time zone,
    CONSTRAINT threads_status_check CHECK ((status = ANY (ARRAY['idle'::text, 'busy'::text, 'interrupted'::text, 'error'::text])))
)
WITH (fillfactor='70');


--
-- Name: workers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workers (
    worker_id uuid NOT NULL,
    tenant_id text NOT NULL,
    owner text NOT NULL,
    name text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    keeper_pid integer,
    kernel_id text,
    graphs text[] NOT NULL,
    slots integer NOT NULL,
    status text NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    heartbeat_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT workers_status_check CHECK ((status = ANY (ARRAY['alive'::text, 'draining'::text, 'lost'::text, 'stopped'::text])))
)
WITH (fillfactor='50');


--
-- Name: write_json; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.write_json (
    thread_id text NOT NULL,
    checkpoint_ns text NOT NULL,
    checkpoint_id text NOT NULL,
    task_id text NOT NULL,
    task_path text NOT NULL,
    idx integer NOT NULL,
    channel text NOT NULL,
    value json NOT NULL
);


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.alembic_version (version_num) FROM stdin;
0001
\.


--
-- Data for Name: assistant_versions; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.assistant_versions (assistant_id, version, tenant_id, owner, graph_id, name, description, config, context, metadata, created_at) FROM stdin;
fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	1	default	jupyter	async	async	\N	{}	{}	{"created_by": "system"}	2026-11-25 14:49:03.153827+00
29865d80-008c-5bca-ab5b-e77a86bf5231	1	default	jupyter	sync	sync	\N	{}	{}	{"created_by": "system"}	2026-11-25 14:49:03.277704+00
0813419b-f0e6-579e-bdee-18d9fdf48632	1	default	jupyter	nested	nested	\N	{}	{}	{"created_by": "system"}	2026-11-25 14:49:03.380306+00
aa4e9bda-57e9-5c95-89d7-7daad14f5fd9	1	default	jupyter	fan	fan	\N	{}	{}	{"created_by": "system"}	2026-11-25 14:49:03.460465+00
\.


--
-- Data for Name: assistants; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.assistants (assistant_id, tenant_id, owner, graph_id, name, description, config, context, metadata, version, latest, created_at, updated_at, deleted_at) FROM stdin;
fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	default	jupyter	async	async	\N	{}	{}	{"created_by": "system"}	1	1	2026-11-25 14:49:03.153827+00	2026-11-25 14:49:03.153827+00	\N
29865d80-008c-5bca-ab5b-e77a86bf5231	default	jupyter	sync	sync	\N	{}	{}	{"created_by": "system"}	1	1	2026-11-25 14:49:03.277704+00	2026-11-25 14:49:03.277704+00	\N
0813419b-f0e6-579e-bdee-18d9fdf48632	default	jupyter	nested	nested	\N	{}	{}	{"created_by": "system"}	1	1	2026-11-25 14:49:03.380306+00	2026-11-25 14:49:03.380306+00	\N
aa4e9bda-57e9-5c95-89d7-7daad14f5fd9	default	jupyter	fan	fan	\N	{}	{}	{"created_by": "system"}	1	1	2026-11-25 14:49:03.460465+00	2026-11-25 14:49:03.460465+00	\N
\.


--
-- Data for Name: blob_json; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.blob_json (thread_id, checkpoint_ns, channel, version, value) FROM stdin;
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000002.0.41463529102162977	[]
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000003.0.6480680848013449	["a"]
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000004.0.3795517251822962	["a","b"]
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000005.0.9700603981363989	["a","b","c"]
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000006.0.6425303572576676	["a","b","c","d"]
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000007.0.5976441241300331	["a","b","c","d","e"]
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000002.0.7809083749188188	[]
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000003.0.4530553527227944	["a"]
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000004.0.27639406780070463	["a","b"]
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000005.0.2996622748842872	["a","b","c"]
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000006.0.7070416942764391	["a","b","c","d"]
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000007.0.3733591030682013	["a","b","c","d","e"]
01a2132e-8387-7d41-9816-b079fc45599c		trail	00000000000000000000000000000002.0.8122925588504143	[]
01a2132e-8387-7d41-9816-b079fc45599c		trail	00000000000000000000000000000003.0.3100340569932819	["a"]
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	trail	00000000000000000000000000000002.0.6594903851639661	[]
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	trail	00000000000000000000000000000003.0.6915198755766766	["b"]
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	trail	00000000000000000000000000000004.0.4924232537772997	["b","c"]
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	trail	00000000000000000000000000000005.0.3231633282792582	["b","c","d"]
01a2132e-8387-7d41-9816-b079fc45599c		trail	00000000000000000000000000000004.0.11370224436642662	["a","b","c","d"]
01a2132e-8387-7d41-9816-b079fc45599c		trail	00000000000000000000000000000005.0.2524671909009705	["a","b","c","d","e"]
01a2132e-8526-75dd-b88c-4a4ee3830615		trail	00000000000000000000000000000002.0.8630252261113684	[]
01a2132e-8526-75dd-b88c-4a4ee3830615		trail	00000000000000000000000000000003.0.892478160086478	["a"]
01a2132e-8526-75dd-b88c-4a4ee3830615		trail	00000000000000000000000000000004.0.45357008308250313	["a","b","c","d"]
01a2132e-8526-75dd-b88c-4a4ee3830615		trail	00000000000000000000000000000005.0.445049462074668	["a","b","c","d","e"]
01a2132e-8664-7681-a107-3806f9e974cb		trail	00000000000000000000000000000002.0.4863595607618668	[]
01a2132e-8664-7681-a107-3806f9e974cb		trail	00000000000000000000000000000003.0.5566787942309895	["a"]
01a2132e-8664-7681-a107-3806f9e974cb		trail	00000000000000000000000000000004.0.8856663607345292	["a","b"]
\.


--
-- Data for Name: checkpoint_blobs; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob) FROM stdin;
01a2132e-7fea-7afc-8e3c-01977682d693		__start__	00000000000000000000000000000001.0.27626209971929205	msgpack	\\x83a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a5747261696c90
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000002.0.41463529102162977	msgpack	\\x90
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000003.0.6480680848013449	msgpack	\\x91a161
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000004.0.3795517251822962	msgpack	\\x92a161a162
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000005.0.9700603981363989	msgpack	\\x93a161a162a163
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000006.0.6425303572576676	msgpack	\\x94a161a162a163a164
01a2132e-7fea-7afc-8e3c-01977682d693		trail	00000000000000000000000000000007.0.5976441241300331	msgpack	\\x95a161a162a163a164a165
01a2132e-8181-7fa3-a9e9-386f60078215		__start__	00000000000000000000000000000001.0.6143588891731082	msgpack	\\x83a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a5747261696c90
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000002.0.7809083749188188	msgpack	\\x90
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000003.0.4530553527227944	msgpack	\\x91a161
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000004.0.27639406780070463	msgpack	\\x92a161a162
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000005.0.2996622748842872	msgpack	\\x93a161a162a163
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000006.0.7070416942764391	msgpack	\\x94a161a162a163a164
01a2132e-8181-7fa3-a9e9-386f60078215		trail	00000000000000000000000000000007.0.3733591030682013	msgpack	\\x95a161a162a163a164a165
01a2132e-8387-7d41-9816-b079fc45599c		__start__	00000000000000000000000000000001.0.7131408284176675	msgpack	\\x83a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a5747261696c90
01a2132e-8387-7d41-9816-b079fc45599c		trail	00000000000000000000000000000002.0.8122925588504143	msgpack	\\x90
01a2132e-8387-7d41-9816-b079fc45599c		trail	00000000000000000000000000000003.0.3100340569932819	msgpack	\\x91a161
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	__start__	00000000000000000000000000000001.0.629161296931624	msgpack	\\x83a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a5747261696c90
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	trail	00000000000000000000000000000002.0.6594903851639661	msgpack	\\x90
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	trail	00000000000000000000000000000003.0.6915198755766766	msgpack	\\x91a162
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	trail	00000000000000000000000000000004.0.4924232537772997	msgpack	\\x92a162a163
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	trail	00000000000000000000000000000005.0.3231633282792582	msgpack	\\x93a162a163a164
01a2132e-8387-7d41-9816-b079fc45599c		trail	00000000000000000000000000000004.0.11370224436642662	msgpack	\\x94a161a162a163a164
01a2132e-8387-7d41-9816-b079fc45599c		trail	00000000000000000000000000000005.0.2524671909009705	msgpack	\\x95a161a162a163a164a165
01a2132e-8526-75dd-b88c-4a4ee3830615		__start__	00000000000000000000000000000001.0.003116724066772436	msgpack	\\x83a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a5747261696c90
01a2132e-8526-75dd-b88c-4a4ee3830615		trail	00000000000000000000000000000002.0.8630252261113684	msgpack	\\x90
01a2132e-8526-75dd-b88c-4a4ee3830615		trail	00000000000000000000000000000003.0.892478160086478	msgpack	\\x91a161
01a2132e-8526-75dd-b88c-4a4ee3830615		__pregel_tasks	00000000000000000000000000000003.0.892478160086478	msgpack	\\x93c7400193af6c616e6767726170682e7479706573a453656e6492a66272616e636883a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a46e616d65a162c7400193af6c616e6767726170682e7479706573a453656e6492a66272616e636883a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a46e616d65a163c7400193af6c616e6767726170682e7479706573a453656e6492a66272616e636883a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a46e616d65a164
01a2132e-8526-75dd-b88c-4a4ee3830615		trail	00000000000000000000000000000004.0.45357008308250313	msgpack	\\x94a161a162a163a164
01a2132e-8526-75dd-b88c-4a4ee3830615		__pregel_tasks	00000000000000000000000000000004.0.45357008308250313	msgpack	\\x90
01a2132e-8526-75dd-b88c-4a4ee3830615		trail	00000000000000000000000000000005.0.445049462074668	msgpack	\\x95a161a162a163a164a165
01a2132e-8664-7681-a107-3806f9e974cb		__start__	00000000000000000000000000000001.0.5643383196491912	msgpack	\\x83a36c6f67b07265636f726465642d65666665637473a4686f6c64a163a5747261696c90
01a2132e-8664-7681-a107-3806f9e974cb		trail	00000000000000000000000000000002.0.4863595607618668	msgpack	\\x90
01a2132e-8664-7681-a107-3806f9e974cb		trail	00000000000000000000000000000003.0.5566787942309895	msgpack	\\x91a161
01a2132e-8664-7681-a107-3806f9e974cb		trail	00000000000000000000000000000004.0.8856663607345292	msgpack	\\x92a161a162
\.


--
-- Data for Name: checkpoint_json; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.checkpoint_json (thread_id, checkpoint_ns, checkpoint_id, tasks, live) FROM stdin;
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	[{"id":"50844ad4-b1cf-e251-e760-4a965444af76","name":"__start__","path":["__pregel_pull","__start__"],"sub":null}]	\N
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c031-6c40-8000-95d0ffaabaaa	[{"id":"c9dfa669-4d41-eaac-a045-8b4833de5af4","name":"a","path":["__pregel_pull","a"],"sub":null}]	\N
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c038-6379-8001-fd11f19d8e4b	[{"id":"d097627e-cef8-1fc7-0e81-b727ef4fa2c7","name":"b","path":["__pregel_pull","b"],"sub":null}]	\N
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c11c-6f1c-8002-8c883e04ac84	[{"id":"1f8b7cbf-0db8-7008-a947-2bd656435ef3","name":"c","path":["__pregel_pull","c"],"sub":null}]	\N
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c14f-6362-8003-a4169ad93c8f	[{"id":"67ec4644-1d24-e32e-c977-c41dad96f926","name":"d","path":["__pregel_pull","d"],"sub":null}]	\N
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c178-61c7-8004-71eb14f84962	[{"id":"041c4545-8d6e-01ed-7ad6-ff6e85c08642","name":"e","path":["__pregel_pull","e"],"sub":null}]	\N
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	[{"id":"cfe38171-a2e5-e427-ac97-1c3df48c0723","name":"__start__","path":["__pregel_pull","__start__"],"sub":null}]	\N
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c58b-6278-8000-0a8b3b187360	[{"id":"2fd8b5a1-df58-7ccf-ee30-c1e933ec308a","name":"a","path":["__pregel_pull","a"],"sub":null}]	\N
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5a1-6a0b-8001-2cdd566bdc22	[{"id":"489a3d69-66b6-0e37-42c6-5804357be732","name":"b","path":["__pregel_pull","b"],"sub":null}]	\N
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5d3-6e70-8002-32e1fd0adbe5	[{"id":"e53666ad-e1e8-4d71-c578-f9bba52ec881","name":"c","path":["__pregel_pull","c"],"sub":null}]	\N
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5fe-63e6-8003-f4193473c140	[{"id":"95da2e88-2470-d98f-a57e-793ab1e19155","name":"d","path":["__pregel_pull","d"],"sub":null}]	\N
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c61e-6583-8004-6586e73c35c4	[{"id":"f9db0867-ca2f-11cd-fe13-977703d03456","name":"e","path":["__pregel_pull","e"],"sub":null}]	\N
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	[{"id":"61aaecae-8943-2714-d9fd-99326f6767d3","name":"__start__","path":["__pregel_pull","__start__"],"sub":null}]	\N
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b4-6562-8000-0a99583ed5f7	[{"id":"1ba4364a-5ea2-ad58-38e0-aa8a582ee496","name":"a","path":["__pregel_pull","a"],"sub":null}]	\N
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b8-6412-8001-2b6b20522602	[{"id":"40e8b184-4f00-23f4-7eae-cf59cde328e0","name":"inner","path":["__pregel_pull","inner"],"sub":"inner:40e8b184-4f00-23f4-7eae-cf59cde328e0"}]	\N
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c947-65ff-8000-474cddd90c97	[{"id":"0268af23-e715-eb35-8e0e-7cfb96aad712","name":"b","path":["__pregel_pull","b"],"sub":null}]	\N
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c965-6d36-8001-bb59408cd08b	[{"id":"06f6bd13-7313-c6de-b70e-8c047d1f9b3b","name":"c","path":["__pregel_pull","c"],"sub":null}]	\N
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c9ac-6a43-8002-c2f89a4650eb	[{"id":"ca6e3428-b845-72a6-dc4a-198e490ff007","name":"d","path":["__pregel_pull","d"],"sub":null}]	\N
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-ca1f-6bd8-8002-bc3da56b4d9c	[{"id":"b298b3bd-e9e4-1258-673e-1d3398791f77","name":"e","path":["__pregel_pull","e"],"sub":null}]	\N
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	[{"id":"ffe446df-2cb7-40f4-e5d5-0b67a0f59369","name":"__start__","path":["__pregel_pull","__start__"],"sub":null}]	\N
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc32-6791-8000-20eb9a4934b8	[{"id":"446816af-c97f-7748-a034-fb1128356026","name":"a","path":["__pregel_pull","a"],"sub":null}]	\N
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	[{"id":"d6d23450-156a-b270-e2f8-39db067368c0","name":"branch","path":["__pregel_push",0,false],"sub":null},{"id":"c737bc9f-e5a1-1365-6f1f-7c29a8831aa8","name":"branch","path":["__pregel_push",1,false],"sub":null},{"id":"fbb48286-3426-a0f2-bf5b-87c4a0fe3dfa","name":"branch","path":["__pregel_push",2,false],"sub":null}]	\N
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc7f-664a-8002-81ca5741ed72	[{"id":"ec8b4ae2-0d00-3097-2502-734a3deca05b","name":"e","path":["__pregel_pull","e"],"sub":null}]	\N
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	[{"id":"44129356-b211-0da9-82b0-2e90eda2d0d0","name":"__start__","path":["__pregel_pull","__start__"],"sub":null}]	\N
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfde-6cb0-8000-3bf9849799c0	[{"id":"dbe12484-e14a-b6f5-accd-11d20df07fb3","name":"a","path":["__pregel_pull","a"],"sub":null}]	\N
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfe3-673b-8001-07c462e1c4a6	[{"id":"f47ea500-5749-94d8-71e9-960b2b6a919d","name":"b","path":["__pregel_pull","b"],"sub":null}]	\N
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-d02e-6416-8002-8c5f00df3632	[{"id":"2030ee96-9995-a49c-9209-e71554defb68","name":"c","path":["__pregel_pull","c"],"sub":null}]	\N
\.


--
-- Data for Name: checkpoint_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.checkpoint_migrations (v) FROM stdin;
\.


--
-- Data for Name: checkpoint_writes; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.checkpoint_writes (thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, blob, task_path) FROM stdin;
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	50844ad4-b1cf-e251-e760-4a965444af76	0	log	msgpack	\\xaf7265636f726465642d6f7468657273	~__pregel_pull, __start__
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	50844ad4-b1cf-e251-e760-4a965444af76	1	hold	msgpack	\\xa0	~__pregel_pull, __start__
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	50844ad4-b1cf-e251-e760-4a965444af76	2	trail	msgpack	\\x90	~__pregel_pull, __start__
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	50844ad4-b1cf-e251-e760-4a965444af76	3	branch:to:a	null	\\x	~__pregel_pull, __start__
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c031-6c40-8000-95d0ffaabaaa	c9dfa669-4d41-eaac-a045-8b4833de5af4	0	trail	msgpack	\\x91a161	~__pregel_pull, a
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c031-6c40-8000-95d0ffaabaaa	c9dfa669-4d41-eaac-a045-8b4833de5af4	1	branch:to:b	null	\\x	~__pregel_pull, a
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c038-6379-8001-fd11f19d8e4b	d097627e-cef8-1fc7-0e81-b727ef4fa2c7	0	trail	msgpack	\\x91a162	~__pregel_pull, b
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c038-6379-8001-fd11f19d8e4b	d097627e-cef8-1fc7-0e81-b727ef4fa2c7	1	branch:to:c	null	\\x	~__pregel_pull, b
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c11c-6f1c-8002-8c883e04ac84	1f8b7cbf-0db8-7008-a947-2bd656435ef3	0	trail	msgpack	\\x91a163	~__pregel_pull, c
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c11c-6f1c-8002-8c883e04ac84	1f8b7cbf-0db8-7008-a947-2bd656435ef3	1	branch:to:d	null	\\x	~__pregel_pull, c
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c14f-6362-8003-a4169ad93c8f	67ec4644-1d24-e32e-c977-c41dad96f926	0	trail	msgpack	\\x91a164	~__pregel_pull, d
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c14f-6362-8003-a4169ad93c8f	67ec4644-1d24-e32e-c977-c41dad96f926	1	branch:to:e	null	\\x	~__pregel_pull, d
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c178-61c7-8004-71eb14f84962	041c4545-8d6e-01ed-7ad6-ff6e85c08642	0	trail	msgpack	\\x91a165	~__pregel_pull, e
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	cfe38171-a2e5-e427-ac97-1c3df48c0723	0	log	msgpack	\\xaf7265636f726465642d6f7468657273	~__pregel_pull, __start__
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	cfe38171-a2e5-e427-ac97-1c3df48c0723	1	hold	msgpack	\\xa0	~__pregel_pull, __start__
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	cfe38171-a2e5-e427-ac97-1c3df48c0723	2	trail	msgpack	\\x90	~__pregel_pull, __start__
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	cfe38171-a2e5-e427-ac97-1c3df48c0723	3	branch:to:a	null	\\x	~__pregel_pull, __start__
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c58b-6278-8000-0a8b3b187360	2fd8b5a1-df58-7ccf-ee30-c1e933ec308a	0	trail	msgpack	\\x91a161	~__pregel_pull, a
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c58b-6278-8000-0a8b3b187360	2fd8b5a1-df58-7ccf-ee30-c1e933ec308a	1	branch:to:b	null	\\x	~__pregel_pull, a
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5a1-6a0b-8001-2cdd566bdc22	489a3d69-66b6-0e37-42c6-5804357be732	0	trail	msgpack	\\x91a162	~__pregel_pull, b
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5a1-6a0b-8001-2cdd566bdc22	489a3d69-66b6-0e37-42c6-5804357be732	1	branch:to:c	null	\\x	~__pregel_pull, b
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5d3-6e70-8002-32e1fd0adbe5	e53666ad-e1e8-4d71-c578-f9bba52ec881	0	trail	msgpack	\\x91a163	~__pregel_pull, c
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5d3-6e70-8002-32e1fd0adbe5	e53666ad-e1e8-4d71-c578-f9bba52ec881	1	branch:to:d	null	\\x	~__pregel_pull, c
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5fe-63e6-8003-f4193473c140	95da2e88-2470-d98f-a57e-793ab1e19155	0	trail	msgpack	\\x91a164	~__pregel_pull, d
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5fe-63e6-8003-f4193473c140	95da2e88-2470-d98f-a57e-793ab1e19155	1	branch:to:e	null	\\x	~__pregel_pull, d
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c61e-6583-8004-6586e73c35c4	f9db0867-ca2f-11cd-fe13-977703d03456	0	trail	msgpack	\\x91a165	~__pregel_pull, e
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	61aaecae-8943-2714-d9fd-99326f6767d3	0	log	msgpack	\\xaf7265636f726465642d6f7468657273	~__pregel_pull, __start__
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	61aaecae-8943-2714-d9fd-99326f6767d3	1	hold	msgpack	\\xa0	~__pregel_pull, __start__
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	61aaecae-8943-2714-d9fd-99326f6767d3	2	trail	msgpack	\\x90	~__pregel_pull, __start__
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	61aaecae-8943-2714-d9fd-99326f6767d3	3	branch:to:a	null	\\x	~__pregel_pull, __start__
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b4-6562-8000-0a99583ed5f7	1ba4364a-5ea2-ad58-38e0-aa8a582ee496	0	trail	msgpack	\\x91a161	~__pregel_pull, a
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b4-6562-8000-0a99583ed5f7	1ba4364a-5ea2-ad58-38e0-aa8a582ee496	1	branch:to:inner	null	\\x	~__pregel_pull, a
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	172ded89-298d-4f89-2392-aae0860c5510	0	log	msgpack	\\xaf7265636f726465642d6f7468657273	~__pregel_pull, __start__
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	172ded89-298d-4f89-2392-aae0860c5510	1	hold	msgpack	\\xa0	~__pregel_pull, __start__
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	172ded89-298d-4f89-2392-aae0860c5510	2	trail	msgpack	\\x90	~__pregel_pull, __start__
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	172ded89-298d-4f89-2392-aae0860c5510	3	branch:to:b	null	\\x	~__pregel_pull, __start__
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c947-65ff-8000-474cddd90c97	0268af23-e715-eb35-8e0e-7cfb96aad712	0	trail	msgpack	\\x91a162	~__pregel_pull, b
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c947-65ff-8000-474cddd90c97	0268af23-e715-eb35-8e0e-7cfb96aad712	1	branch:to:c	null	\\x	~__pregel_pull, b
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c965-6d36-8001-bb59408cd08b	06f6bd13-7313-c6de-b70e-8c047d1f9b3b	0	trail	msgpack	\\x91a163	~__pregel_pull, c
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c965-6d36-8001-bb59408cd08b	06f6bd13-7313-c6de-b70e-8c047d1f9b3b	1	branch:to:d	null	\\x	~__pregel_pull, c
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c9ac-6a43-8002-c2f89a4650eb	ca6e3428-b845-72a6-dc4a-198e490ff007	0	trail	msgpack	\\x91a164	~__pregel_pull, d
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b8-6412-8001-2b6b20522602	40e8b184-4f00-23f4-7eae-cf59cde328e0	0	trail	msgpack	\\x93a162a163a164	~__pregel_pull, inner
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b8-6412-8001-2b6b20522602	40e8b184-4f00-23f4-7eae-cf59cde328e0	1	branch:to:e	null	\\x	~__pregel_pull, inner
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-ca1f-6bd8-8002-bc3da56b4d9c	b298b3bd-e9e4-1258-673e-1d3398791f77	0	trail	msgpack	\\x91a165	~__pregel_pull, e
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	ffe446df-2cb7-40f4-e5d5-0b67a0f59369	0	log	msgpack	\\xaf7265636f726465642d6f7468657273	~__pregel_pull, __start__
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	ffe446df-2cb7-40f4-e5d5-0b67a0f59369	1	hold	msgpack	\\xa0	~__pregel_pull, __start__
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	ffe446df-2cb7-40f4-e5d5-0b67a0f59369	2	trail	msgpack	\\x90	~__pregel_pull, __start__
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	ffe446df-2cb7-40f4-e5d5-0b67a0f59369	3	branch:to:a	null	\\x	~__pregel_pull, __start__
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc32-6791-8000-20eb9a4934b8	446816af-c97f-7748-a034-fb1128356026	0	trail	msgpack	\\x91a161	~__pregel_pull, a
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc32-6791-8000-20eb9a4934b8	446816af-c97f-7748-a034-fb1128356026	1	__pregel_tasks	msgpack	\\xc7400193af6c616e6767726170682e7479706573a453656e6492a66272616e636883a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a46e616d65a162	~__pregel_pull, a
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc32-6791-8000-20eb9a4934b8	446816af-c97f-7748-a034-fb1128356026	2	__pregel_tasks	msgpack	\\xc7400193af6c616e6767726170682e7479706573a453656e6492a66272616e636883a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a46e616d65a163	~__pregel_pull, a
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc32-6791-8000-20eb9a4934b8	446816af-c97f-7748-a034-fb1128356026	3	__pregel_tasks	msgpack	\\xc7400193af6c616e6767726170682e7479706573a453656e6492a66272616e636883a36c6f67af7265636f726465642d6f7468657273a4686f6c64a0a46e616d65a164	~__pregel_pull, a
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	d6d23450-156a-b270-e2f8-39db067368c0	0	trail	msgpack	\\x91a162	~__pregel_push, 0000000000, 0000000000
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	d6d23450-156a-b270-e2f8-39db067368c0	1	branch:to:e	null	\\x	~__pregel_push, 0000000000, 0000000000
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	c737bc9f-e5a1-1365-6f1f-7c29a8831aa8	0	trail	msgpack	\\x91a163	~__pregel_push, 0000000001, 0000000000
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	c737bc9f-e5a1-1365-6f1f-7c29a8831aa8	1	branch:to:e	null	\\x	~__pregel_push, 0000000001, 0000000000
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	fbb48286-3426-a0f2-bf5b-87c4a0fe3dfa	0	trail	msgpack	\\x91a164	~__pregel_push, 0000000002, 0000000000
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	fbb48286-3426-a0f2-bf5b-87c4a0fe3dfa	1	branch:to:e	null	\\x	~__pregel_push, 0000000002, 0000000000
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc7f-664a-8002-81ca5741ed72	ec8b4ae2-0d00-3097-2502-734a3deca05b	0	trail	msgpack	\\x91a165	~__pregel_pull, e
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	44129356-b211-0da9-82b0-2e90eda2d0d0	0	log	msgpack	\\xb07265636f726465642d65666665637473	~__pregel_pull, __start__
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	44129356-b211-0da9-82b0-2e90eda2d0d0	1	hold	msgpack	\\xa163	~__pregel_pull, __start__
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	44129356-b211-0da9-82b0-2e90eda2d0d0	2	trail	msgpack	\\x90	~__pregel_pull, __start__
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	44129356-b211-0da9-82b0-2e90eda2d0d0	3	branch:to:a	null	\\x	~__pregel_pull, __start__
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfde-6cb0-8000-3bf9849799c0	dbe12484-e14a-b6f5-accd-11d20df07fb3	0	trail	msgpack	\\x91a161	~__pregel_pull, a
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfde-6cb0-8000-3bf9849799c0	dbe12484-e14a-b6f5-accd-11d20df07fb3	1	branch:to:b	null	\\x	~__pregel_pull, a
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfe3-673b-8001-07c462e1c4a6	f47ea500-5749-94d8-71e9-960b2b6a919d	0	trail	msgpack	\\x91a162	~__pregel_pull, b
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfe3-673b-8001-07c462e1c4a6	f47ea500-5749-94d8-71e9-960b2b6a919d	1	branch:to:c	null	\\x	~__pregel_pull, b
\.


--
-- Data for Name: checkpoints; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata) FROM stdin;
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	\N	\N	{"v": 4, "id": "1f1e8df5-c01c-6016-bfff-f0ee6f369843", "ts": "2026-11-25T14:49:04.416542+00:00", "versions_seen": {"__input__": {}}, "channel_values": {}, "channel_versions": {"__start__": "00000000000000000000000000000001.0.27626209971929205"}, "updated_channels": ["__start__"]}	{"step": -1, "run_id": "01a2132e-8035-7cb4-9a85-a59b114977a9", "source": "input", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "817af068-9d38-5d90-83ce-53a3372c4eb9", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c031-6c40-8000-95d0ffaabaaa	1f1e8df5-c01c-6016-bfff-f0ee6f369843	\N	{"v": 4, "id": "1f1e8df5-c031-6c40-8000-95d0ffaabaaa", "ts": "2026-11-25T14:49:04.425443+00:00", "versions_seen": {"__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.27626209971929205"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:a": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.41463529102162977", "hold": "00000000000000000000000000000002.0.41463529102162977", "trail": "00000000000000000000000000000002.0.41463529102162977", "__start__": "00000000000000000000000000000002.0.41463529102162977", "branch:to:a": "00000000000000000000000000000002.0.41463529102162977"}, "updated_channels": ["branch:to:a", "hold", "log", "trail"]}	{"step": 0, "run_id": "01a2132e-8035-7cb4-9a85-a59b114977a9", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "817af068-9d38-5d90-83ce-53a3372c4eb9", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c038-6379-8001-fd11f19d8e4b	1f1e8df5-c031-6c40-8000-95d0ffaabaaa	\N	{"v": 4, "id": "1f1e8df5-c038-6379-8001-fd11f19d8e4b", "ts": "2026-11-25T14:49:04.428093+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.41463529102162977"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.27626209971929205"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:b": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.41463529102162977", "hold": "00000000000000000000000000000002.0.41463529102162977", "trail": "00000000000000000000000000000003.0.6480680848013449", "__start__": "00000000000000000000000000000002.0.41463529102162977", "branch:to:a": "00000000000000000000000000000003.0.6480680848013449", "branch:to:b": "00000000000000000000000000000003.0.6480680848013449"}, "updated_channels": ["branch:to:b", "trail"]}	{"step": 1, "run_id": "01a2132e-8035-7cb4-9a85-a59b114977a9", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "817af068-9d38-5d90-83ce-53a3372c4eb9", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c11c-6f1c-8002-8c883e04ac84	1f1e8df5-c038-6379-8001-fd11f19d8e4b	\N	{"v": 4, "id": "1f1e8df5-c11c-6f1c-8002-8c883e04ac84", "ts": "2026-11-25T14:49:04.521787+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.41463529102162977"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.6480680848013449"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.27626209971929205"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:c": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.41463529102162977", "hold": "00000000000000000000000000000002.0.41463529102162977", "trail": "00000000000000000000000000000004.0.3795517251822962", "__start__": "00000000000000000000000000000002.0.41463529102162977", "branch:to:a": "00000000000000000000000000000003.0.6480680848013449", "branch:to:b": "00000000000000000000000000000004.0.3795517251822962", "branch:to:c": "00000000000000000000000000000004.0.3795517251822962"}, "updated_channels": ["branch:to:c", "trail"]}	{"step": 2, "run_id": "01a2132e-8035-7cb4-9a85-a59b114977a9", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "817af068-9d38-5d90-83ce-53a3372c4eb9", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c14f-6362-8003-a4169ad93c8f	1f1e8df5-c11c-6f1c-8002-8c883e04ac84	\N	{"v": 4, "id": "1f1e8df5-c14f-6362-8003-a4169ad93c8f", "ts": "2026-11-25T14:49:04.542373+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.41463529102162977"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.6480680848013449"}, "c": {"branch:to:c": "00000000000000000000000000000004.0.3795517251822962"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.27626209971929205"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:d": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.41463529102162977", "hold": "00000000000000000000000000000002.0.41463529102162977", "trail": "00000000000000000000000000000005.0.9700603981363989", "__start__": "00000000000000000000000000000002.0.41463529102162977", "branch:to:a": "00000000000000000000000000000003.0.6480680848013449", "branch:to:b": "00000000000000000000000000000004.0.3795517251822962", "branch:to:c": "00000000000000000000000000000005.0.9700603981363989", "branch:to:d": "00000000000000000000000000000005.0.9700603981363989"}, "updated_channels": ["branch:to:d", "trail"]}	{"step": 3, "run_id": "01a2132e-8035-7cb4-9a85-a59b114977a9", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "817af068-9d38-5d90-83ce-53a3372c4eb9", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c178-61c7-8004-71eb14f84962	1f1e8df5-c14f-6362-8003-a4169ad93c8f	\N	{"v": 4, "id": "1f1e8df5-c178-61c7-8004-71eb14f84962", "ts": "2026-11-25T14:49:04.559128+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.41463529102162977"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.6480680848013449"}, "c": {"branch:to:c": "00000000000000000000000000000004.0.3795517251822962"}, "d": {"branch:to:d": "00000000000000000000000000000005.0.9700603981363989"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.27626209971929205"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:e": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.41463529102162977", "hold": "00000000000000000000000000000002.0.41463529102162977", "trail": "00000000000000000000000000000006.0.6425303572576676", "__start__": "00000000000000000000000000000002.0.41463529102162977", "branch:to:a": "00000000000000000000000000000003.0.6480680848013449", "branch:to:b": "00000000000000000000000000000004.0.3795517251822962", "branch:to:c": "00000000000000000000000000000005.0.9700603981363989", "branch:to:d": "00000000000000000000000000000006.0.6425303572576676", "branch:to:e": "00000000000000000000000000000006.0.6425303572576676"}, "updated_channels": ["branch:to:e", "trail"]}	{"step": 4, "run_id": "01a2132e-8035-7cb4-9a85-a59b114977a9", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "817af068-9d38-5d90-83ce-53a3372c4eb9", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c1ac-665e-8005-0d9ef7c258d3	1f1e8df5-c178-61c7-8004-71eb14f84962	\N	{"v": 4, "id": "1f1e8df5-c1ac-665e-8005-0d9ef7c258d3", "ts": "2026-11-25T14:49:04.580543+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.41463529102162977"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.6480680848013449"}, "c": {"branch:to:c": "00000000000000000000000000000004.0.3795517251822962"}, "d": {"branch:to:d": "00000000000000000000000000000005.0.9700603981363989"}, "e": {"branch:to:e": "00000000000000000000000000000006.0.6425303572576676"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.27626209971929205"}}, "channel_values": {"log": "recorded-others", "hold": ""}, "channel_versions": {"log": "00000000000000000000000000000002.0.41463529102162977", "hold": "00000000000000000000000000000002.0.41463529102162977", "trail": "00000000000000000000000000000007.0.5976441241300331", "__start__": "00000000000000000000000000000002.0.41463529102162977", "branch:to:a": "00000000000000000000000000000003.0.6480680848013449", "branch:to:b": "00000000000000000000000000000004.0.3795517251822962", "branch:to:c": "00000000000000000000000000000005.0.9700603981363989", "branch:to:d": "00000000000000000000000000000006.0.6425303572576676", "branch:to:e": "00000000000000000000000000000007.0.5976441241300331"}, "updated_channels": ["trail"]}	{"step": 5, "run_id": "01a2132e-8035-7cb4-9a85-a59b114977a9", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "817af068-9d38-5d90-83ce-53a3372c4eb9", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	\N	\N	{"v": 4, "id": "1f1e8df5-c588-63fa-bfff-bb03d02d5c7d", "ts": "2026-11-25T14:49:04.985173+00:00", "versions_seen": {"__input__": {}}, "channel_values": {}, "channel_versions": {"__start__": "00000000000000000000000000000001.0.6143588891731082"}, "updated_channels": ["__start__"]}	{"step": -1, "run_id": "01a2132e-81bf-7657-8874-5a029b96501c", "source": "input", "parents": {}, "user_id": "", "graph_id": "sync", "created_by": "system", "run_attempt": 1, "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231", "langgraph_version": "1.2.24", "langgraph_request_id": "d54f4d36-39a0-550f-a1d6-9d5062320119", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c58b-6278-8000-0a8b3b187360	1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	\N	{"v": 4, "id": "1f1e8df5-c58b-6278-8000-0a8b3b187360", "ts": "2026-11-25T14:49:04.986363+00:00", "versions_seen": {"__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.6143588891731082"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:a": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.7809083749188188", "hold": "00000000000000000000000000000002.0.7809083749188188", "trail": "00000000000000000000000000000002.0.7809083749188188", "__start__": "00000000000000000000000000000002.0.7809083749188188", "branch:to:a": "00000000000000000000000000000002.0.7809083749188188"}, "updated_channels": ["branch:to:a", "hold", "log", "trail"]}	{"step": 0, "run_id": "01a2132e-81bf-7657-8874-5a029b96501c", "source": "loop", "parents": {}, "user_id": "", "graph_id": "sync", "created_by": "system", "run_attempt": 1, "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231", "langgraph_version": "1.2.24", "langgraph_request_id": "d54f4d36-39a0-550f-a1d6-9d5062320119", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5a1-6a0b-8001-2cdd566bdc22	1f1e8df5-c58b-6278-8000-0a8b3b187360	\N	{"v": 4, "id": "1f1e8df5-c5a1-6a0b-8001-2cdd566bdc22", "ts": "2026-11-25T14:49:04.995553+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.7809083749188188"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.6143588891731082"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:b": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.7809083749188188", "hold": "00000000000000000000000000000002.0.7809083749188188", "trail": "00000000000000000000000000000003.0.4530553527227944", "__start__": "00000000000000000000000000000002.0.7809083749188188", "branch:to:a": "00000000000000000000000000000003.0.4530553527227944", "branch:to:b": "00000000000000000000000000000003.0.4530553527227944"}, "updated_channels": ["branch:to:b", "trail"]}	{"step": 1, "run_id": "01a2132e-81bf-7657-8874-5a029b96501c", "source": "loop", "parents": {}, "user_id": "", "graph_id": "sync", "created_by": "system", "run_attempt": 1, "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231", "langgraph_version": "1.2.24", "langgraph_request_id": "d54f4d36-39a0-550f-a1d6-9d5062320119", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5d3-6e70-8002-32e1fd0adbe5	1f1e8df5-c5a1-6a0b-8001-2cdd566bdc22	\N	{"v": 4, "id": "1f1e8df5-c5d3-6e70-8002-32e1fd0adbe5", "ts": "2026-11-25T14:49:05.016144+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.7809083749188188"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.4530553527227944"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.6143588891731082"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:c": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.7809083749188188", "hold": "00000000000000000000000000000002.0.7809083749188188", "trail": "00000000000000000000000000000004.0.27639406780070463", "__start__": "00000000000000000000000000000002.0.7809083749188188", "branch:to:a": "00000000000000000000000000000003.0.4530553527227944", "branch:to:b": "00000000000000000000000000000004.0.27639406780070463", "branch:to:c": "00000000000000000000000000000004.0.27639406780070463"}, "updated_channels": ["branch:to:c", "trail"]}	{"step": 2, "run_id": "01a2132e-81bf-7657-8874-5a029b96501c", "source": "loop", "parents": {}, "user_id": "", "graph_id": "sync", "created_by": "system", "run_attempt": 1, "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231", "langgraph_version": "1.2.24", "langgraph_request_id": "d54f4d36-39a0-550f-a1d6-9d5062320119", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5fe-63e6-8003-f4193473c140	1f1e8df5-c5d3-6e70-8002-32e1fd0adbe5	\N	{"v": 4, "id": "1f1e8df5-c5fe-63e6-8003-f4193473c140", "ts": "2026-11-25T14:49:05.033490+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.7809083749188188"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.4530553527227944"}, "c": {"branch:to:c": "00000000000000000000000000000004.0.27639406780070463"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.6143588891731082"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:d": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.7809083749188188", "hold": "00000000000000000000000000000002.0.7809083749188188", "trail": "00000000000000000000000000000005.0.2996622748842872", "__start__": "00000000000000000000000000000002.0.7809083749188188", "branch:to:a": "00000000000000000000000000000003.0.4530553527227944", "branch:to:b": "00000000000000000000000000000004.0.27639406780070463", "branch:to:c": "00000000000000000000000000000005.0.2996622748842872", "branch:to:d": "00000000000000000000000000000005.0.2996622748842872"}, "updated_channels": ["branch:to:d", "trail"]}	{"step": 3, "run_id": "01a2132e-81bf-7657-8874-5a029b96501c", "source": "loop", "parents": {}, "user_id": "", "graph_id": "sync", "created_by": "system", "run_attempt": 1, "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231", "langgraph_version": "1.2.24", "langgraph_request_id": "d54f4d36-39a0-550f-a1d6-9d5062320119", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c61e-6583-8004-6586e73c35c4	1f1e8df5-c5fe-63e6-8003-f4193473c140	\N	{"v": 4, "id": "1f1e8df5-c61e-6583-8004-6586e73c35c4", "ts": "2026-11-25T14:49:05.046638+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.7809083749188188"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.4530553527227944"}, "c": {"branch:to:c": "00000000000000000000000000000004.0.27639406780070463"}, "d": {"branch:to:d": "00000000000000000000000000000005.0.2996622748842872"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.6143588891731082"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:e": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.7809083749188188", "hold": "00000000000000000000000000000002.0.7809083749188188", "trail": "00000000000000000000000000000006.0.7070416942764391", "__start__": "00000000000000000000000000000002.0.7809083749188188", "branch:to:a": "00000000000000000000000000000003.0.4530553527227944", "branch:to:b": "00000000000000000000000000000004.0.27639406780070463", "branch:to:c": "00000000000000000000000000000005.0.2996622748842872", "branch:to:d": "00000000000000000000000000000006.0.7070416942764391", "branch:to:e": "00000000000000000000000000000006.0.7070416942764391"}, "updated_channels": ["branch:to:e", "trail"]}	{"step": 4, "run_id": "01a2132e-81bf-7657-8874-5a029b96501c", "source": "loop", "parents": {}, "user_id": "", "graph_id": "sync", "created_by": "system", "run_attempt": 1, "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231", "langgraph_version": "1.2.24", "langgraph_request_id": "d54f4d36-39a0-550f-a1d6-9d5062320119", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c638-6cc4-8005-d336733d8da1	1f1e8df5-c61e-6583-8004-6586e73c35c4	\N	{"v": 4, "id": "1f1e8df5-c638-6cc4-8005-d336733d8da1", "ts": "2026-11-25T14:49:05.057470+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.7809083749188188"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.4530553527227944"}, "c": {"branch:to:c": "00000000000000000000000000000004.0.27639406780070463"}, "d": {"branch:to:d": "00000000000000000000000000000005.0.2996622748842872"}, "e": {"branch:to:e": "00000000000000000000000000000006.0.7070416942764391"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.6143588891731082"}}, "channel_values": {"log": "recorded-others", "hold": ""}, "channel_versions": {"log": "00000000000000000000000000000002.0.7809083749188188", "hold": "00000000000000000000000000000002.0.7809083749188188", "trail": "00000000000000000000000000000007.0.3733591030682013", "__start__": "00000000000000000000000000000002.0.7809083749188188", "branch:to:a": "00000000000000000000000000000003.0.4530553527227944", "branch:to:b": "00000000000000000000000000000004.0.27639406780070463", "branch:to:c": "00000000000000000000000000000005.0.2996622748842872", "branch:to:d": "00000000000000000000000000000006.0.7070416942764391", "branch:to:e": "00000000000000000000000000000007.0.3733591030682013"}, "updated_channels": ["trail"]}	{"step": 5, "run_id": "01a2132e-81bf-7657-8874-5a029b96501c", "source": "loop", "parents": {}, "user_id": "", "graph_id": "sync", "created_by": "system", "run_attempt": 1, "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231", "langgraph_version": "1.2.24", "langgraph_request_id": "d54f4d36-39a0-550f-a1d6-9d5062320119", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	\N	\N	{"v": 4, "id": "1f1e8df5-c8b1-6049-bfff-13f1de71d256", "ts": "2026-11-25T14:49:05.316421+00:00", "versions_seen": {"__input__": {}}, "channel_values": {}, "channel_versions": {"__start__": "00000000000000000000000000000001.0.7131408284176675"}, "updated_channels": ["__start__"]}	{"step": -1, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "input", "parents": {}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b4-6562-8000-0a99583ed5f7	1f1e8df5-c8b1-6049-bfff-13f1de71d256	\N	{"v": 4, "id": "1f1e8df5-c8b4-6562-8000-0a99583ed5f7", "ts": "2026-11-25T14:49:05.317798+00:00", "versions_seen": {"__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.7131408284176675"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:a": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.8122925588504143", "hold": "00000000000000000000000000000002.0.8122925588504143", "trail": "00000000000000000000000000000002.0.8122925588504143", "__start__": "00000000000000000000000000000002.0.8122925588504143", "branch:to:a": "00000000000000000000000000000002.0.8122925588504143"}, "updated_channels": ["branch:to:a", "hold", "log", "trail"]}	{"step": 0, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "loop", "parents": {}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b8-6412-8001-2b6b20522602	1f1e8df5-c8b4-6562-8000-0a99583ed5f7	\N	{"v": 4, "id": "1f1e8df5-c8b8-6412-8001-2b6b20522602", "ts": "2026-11-25T14:49:05.319410+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.8122925588504143"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.7131408284176675"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:inner": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.8122925588504143", "hold": "00000000000000000000000000000002.0.8122925588504143", "trail": "00000000000000000000000000000003.0.3100340569932819", "__start__": "00000000000000000000000000000002.0.8122925588504143", "branch:to:a": "00000000000000000000000000000003.0.3100340569932819", "branch:to:inner": "00000000000000000000000000000003.0.3100340569932819"}, "updated_channels": ["branch:to:inner", "trail"]}	{"step": 1, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "loop", "parents": {}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	\N	\N	{"v": 4, "id": "1f1e8df5-c944-6f3c-bfff-bbe138ac46b6", "ts": "2026-11-25T14:49:05.377035+00:00", "versions_seen": {"__input__": {}}, "channel_values": {}, "channel_versions": {"__start__": "00000000000000000000000000000001.0.629161296931624"}, "updated_channels": ["__start__"]}	{"step": -1, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "input", "parents": {"": "1f1e8df5-c8b8-6412-8001-2b6b20522602"}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c947-65ff-8000-474cddd90c97	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	\N	{"v": 4, "id": "1f1e8df5-c947-65ff-8000-474cddd90c97", "ts": "2026-11-25T14:49:05.378027+00:00", "versions_seen": {"__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.629161296931624"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:b": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.6594903851639661", "hold": "00000000000000000000000000000002.0.6594903851639661", "trail": "00000000000000000000000000000002.0.6594903851639661", "__start__": "00000000000000000000000000000002.0.6594903851639661", "branch:to:b": "00000000000000000000000000000002.0.6594903851639661"}, "updated_channels": ["branch:to:b", "hold", "log", "trail"]}	{"step": 0, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "loop", "parents": {"": "1f1e8df5-c8b8-6412-8001-2b6b20522602"}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c965-6d36-8001-bb59408cd08b	1f1e8df5-c947-65ff-8000-474cddd90c97	\N	{"v": 4, "id": "1f1e8df5-c965-6d36-8001-bb59408cd08b", "ts": "2026-11-25T14:49:05.390487+00:00", "versions_seen": {"b": {"branch:to:b": "00000000000000000000000000000002.0.6594903851639661"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.629161296931624"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:c": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.6594903851639661", "hold": "00000000000000000000000000000002.0.6594903851639661", "trail": "00000000000000000000000000000003.0.6915198755766766", "__start__": "00000000000000000000000000000002.0.6594903851639661", "branch:to:b": "00000000000000000000000000000003.0.6915198755766766", "branch:to:c": "00000000000000000000000000000003.0.6915198755766766"}, "updated_channels": ["branch:to:c", "trail"]}	{"step": 1, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "loop", "parents": {"": "1f1e8df5-c8b8-6412-8001-2b6b20522602"}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc32-6791-8000-20eb9a4934b8	1f1e8df5-cc30-6571-bfff-b18f584edf26	\N	{"v": 4, "id": "1f1e8df5-cc32-6791-8000-20eb9a4934b8", "ts": "2026-11-25T14:49:05.684042+00:00", "versions_seen": {"__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.003116724066772436"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:a": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.8630252261113684", "hold": "00000000000000000000000000000002.0.8630252261113684", "trail": "00000000000000000000000000000002.0.8630252261113684", "__start__": "00000000000000000000000000000002.0.8630252261113684", "branch:to:a": "00000000000000000000000000000002.0.8630252261113684"}, "updated_channels": ["branch:to:a", "hold", "log", "trail"]}	{"step": 0, "run_id": "01a2132e-8544-7ef2-a520-15194f9bf90f", "source": "loop", "parents": {}, "user_id": "", "graph_id": "fan", "created_by": "system", "run_attempt": 1, "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9", "langgraph_version": "1.2.24", "langgraph_request_id": "bdba198f-a3ef-5ba9-9ab9-d5ea63059660", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c9ac-6a43-8002-c2f89a4650eb	1f1e8df5-c965-6d36-8001-bb59408cd08b	\N	{"v": 4, "id": "1f1e8df5-c9ac-6a43-8002-c2f89a4650eb", "ts": "2026-11-25T14:49:05.419498+00:00", "versions_seen": {"b": {"branch:to:b": "00000000000000000000000000000002.0.6594903851639661"}, "c": {"branch:to:c": "00000000000000000000000000000003.0.6915198755766766"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.629161296931624"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:d": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.6594903851639661", "hold": "00000000000000000000000000000002.0.6594903851639661", "trail": "00000000000000000000000000000004.0.4924232537772997", "__start__": "00000000000000000000000000000002.0.6594903851639661", "branch:to:b": "00000000000000000000000000000003.0.6915198755766766", "branch:to:c": "00000000000000000000000000000004.0.4924232537772997", "branch:to:d": "00000000000000000000000000000004.0.4924232537772997"}, "updated_channels": ["branch:to:d", "trail"]}	{"step": 2, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "loop", "parents": {"": "1f1e8df5-c8b8-6412-8001-2b6b20522602"}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c9ef-623a-8003-0283733272d9	1f1e8df5-c9ac-6a43-8002-c2f89a4650eb	\N	{"v": 4, "id": "1f1e8df5-c9ef-623a-8003-0283733272d9", "ts": "2026-11-25T14:49:05.446737+00:00", "versions_seen": {"b": {"branch:to:b": "00000000000000000000000000000002.0.6594903851639661"}, "c": {"branch:to:c": "00000000000000000000000000000003.0.6915198755766766"}, "d": {"branch:to:d": "00000000000000000000000000000004.0.4924232537772997"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.629161296931624"}}, "channel_values": {"log": "recorded-others", "hold": ""}, "channel_versions": {"log": "00000000000000000000000000000002.0.6594903851639661", "hold": "00000000000000000000000000000002.0.6594903851639661", "trail": "00000000000000000000000000000005.0.3231633282792582", "__start__": "00000000000000000000000000000002.0.6594903851639661", "branch:to:b": "00000000000000000000000000000003.0.6915198755766766", "branch:to:c": "00000000000000000000000000000004.0.4924232537772997", "branch:to:d": "00000000000000000000000000000005.0.3231633282792582"}, "updated_channels": ["trail"]}	{"step": 3, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "loop", "parents": {"": "1f1e8df5-c8b8-6412-8001-2b6b20522602"}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-ca1f-6bd8-8002-bc3da56b4d9c	1f1e8df5-c8b8-6412-8001-2b6b20522602	\N	{"v": 4, "id": "1f1e8df5-ca1f-6bd8-8002-bc3da56b4d9c", "ts": "2026-11-25T14:49:05.466646+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.8122925588504143"}, "inner": {"branch:to:inner": "00000000000000000000000000000003.0.3100340569932819"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.7131408284176675"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:e": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.8122925588504143", "hold": "00000000000000000000000000000002.0.8122925588504143", "trail": "00000000000000000000000000000004.0.11370224436642662", "__start__": "00000000000000000000000000000002.0.8122925588504143", "branch:to:a": "00000000000000000000000000000003.0.3100340569932819", "branch:to:e": "00000000000000000000000000000004.0.11370224436642662", "branch:to:inner": "00000000000000000000000000000004.0.11370224436642662"}, "updated_channels": ["branch:to:e", "trail"]}	{"step": 2, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "loop", "parents": {}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-ca6a-6868-8003-9aeceb176e07	1f1e8df5-ca1f-6bd8-8002-bc3da56b4d9c	\N	{"v": 4, "id": "1f1e8df5-ca6a-6868-8003-9aeceb176e07", "ts": "2026-11-25T14:49:05.497277+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.8122925588504143"}, "e": {"branch:to:e": "00000000000000000000000000000004.0.11370224436642662"}, "inner": {"branch:to:inner": "00000000000000000000000000000003.0.3100340569932819"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.7131408284176675"}}, "channel_values": {"log": "recorded-others", "hold": ""}, "channel_versions": {"log": "00000000000000000000000000000002.0.8122925588504143", "hold": "00000000000000000000000000000002.0.8122925588504143", "trail": "00000000000000000000000000000005.0.2524671909009705", "__start__": "00000000000000000000000000000002.0.8122925588504143", "branch:to:a": "00000000000000000000000000000003.0.3100340569932819", "branch:to:e": "00000000000000000000000000000005.0.2524671909009705", "branch:to:inner": "00000000000000000000000000000004.0.11370224436642662"}, "updated_channels": ["trail"]}	{"step": 3, "run_id": "01a2132e-83c9-78c1-8f81-93e1b7d432e7", "source": "loop", "parents": {}, "user_id": "", "graph_id": "nested", "created_by": "system", "run_attempt": 1, "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632", "langgraph_version": "1.2.24", "langgraph_request_id": "eade698a-4a84-5514-9e1d-857bbb58ffee", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	\N	\N	{"v": 4, "id": "1f1e8df5-cc30-6571-bfff-b18f584edf26", "ts": "2026-11-25T14:49:05.683170+00:00", "versions_seen": {"__input__": {}}, "channel_values": {}, "channel_versions": {"__start__": "00000000000000000000000000000001.0.003116724066772436"}, "updated_channels": ["__start__"]}	{"step": -1, "run_id": "01a2132e-8544-7ef2-a520-15194f9bf90f", "source": "input", "parents": {}, "user_id": "", "graph_id": "fan", "created_by": "system", "run_attempt": 1, "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9", "langgraph_version": "1.2.24", "langgraph_request_id": "bdba198f-a3ef-5ba9-9ab9-d5ea63059660", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	1f1e8df5-cc32-6791-8000-20eb9a4934b8	\N	{"v": 4, "id": "1f1e8df5-cc52-6dbd-8001-9fda68c92ccb", "ts": "2026-11-25T14:49:05.697296+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.8630252261113684"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.003116724066772436"}}, "channel_values": {"log": "recorded-others", "hold": ""}, "channel_versions": {"log": "00000000000000000000000000000002.0.8630252261113684", "hold": "00000000000000000000000000000002.0.8630252261113684", "trail": "00000000000000000000000000000003.0.892478160086478", "__start__": "00000000000000000000000000000002.0.8630252261113684", "branch:to:a": "00000000000000000000000000000003.0.892478160086478", "__pregel_tasks": "00000000000000000000000000000003.0.892478160086478"}, "updated_channels": ["__pregel_tasks", "trail"]}	{"step": 1, "run_id": "01a2132e-8544-7ef2-a520-15194f9bf90f", "source": "loop", "parents": {}, "user_id": "", "graph_id": "fan", "created_by": "system", "run_attempt": 1, "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9", "langgraph_version": "1.2.24", "langgraph_request_id": "bdba198f-a3ef-5ba9-9ab9-d5ea63059660", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc7f-664a-8002-81ca5741ed72	1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	\N	{"v": 4, "id": "1f1e8df5-cc7f-664a-8002-81ca5741ed72", "ts": "2026-11-25T14:49:05.715543+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.8630252261113684"}, "branch": {}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.003116724066772436"}}, "channel_values": {"log": "recorded-others", "hold": "", "branch:to:e": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.8630252261113684", "hold": "00000000000000000000000000000002.0.8630252261113684", "trail": "00000000000000000000000000000004.0.45357008308250313", "__start__": "00000000000000000000000000000002.0.8630252261113684", "branch:to:a": "00000000000000000000000000000003.0.892478160086478", "branch:to:e": "00000000000000000000000000000004.0.45357008308250313", "__pregel_tasks": "00000000000000000000000000000004.0.45357008308250313"}, "updated_channels": ["branch:to:e", "trail"]}	{"step": 2, "run_id": "01a2132e-8544-7ef2-a520-15194f9bf90f", "source": "loop", "parents": {}, "user_id": "", "graph_id": "fan", "created_by": "system", "run_attempt": 1, "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9", "langgraph_version": "1.2.24", "langgraph_request_id": "bdba198f-a3ef-5ba9-9ab9-d5ea63059660", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-ccd4-6044-8003-1e36acba0e06	1f1e8df5-cc7f-664a-8002-81ca5741ed72	\N	{"v": 4, "id": "1f1e8df5-ccd4-6044-8003-1e36acba0e06", "ts": "2026-11-25T14:49:05.750198+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.8630252261113684"}, "e": {"branch:to:e": "00000000000000000000000000000004.0.45357008308250313"}, "branch": {}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.003116724066772436"}}, "channel_values": {"log": "recorded-others", "hold": ""}, "channel_versions": {"log": "00000000000000000000000000000002.0.8630252261113684", "hold": "00000000000000000000000000000002.0.8630252261113684", "trail": "00000000000000000000000000000005.0.445049462074668", "__start__": "00000000000000000000000000000002.0.8630252261113684", "branch:to:a": "00000000000000000000000000000003.0.892478160086478", "branch:to:e": "00000000000000000000000000000005.0.445049462074668", "__pregel_tasks": "00000000000000000000000000000004.0.45357008308250313"}, "updated_channels": ["trail"]}	{"step": 3, "run_id": "01a2132e-8544-7ef2-a520-15194f9bf90f", "source": "loop", "parents": {}, "user_id": "", "graph_id": "fan", "created_by": "system", "run_attempt": 1, "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9", "langgraph_version": "1.2.24", "langgraph_request_id": "bdba198f-a3ef-5ba9-9ab9-d5ea63059660", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	\N	\N	{"v": 4, "id": "1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c", "ts": "2026-11-25T14:49:06.063901+00:00", "versions_seen": {"__input__": {}}, "channel_values": {}, "channel_versions": {"__start__": "00000000000000000000000000000001.0.5643383196491912"}, "updated_channels": ["__start__"]}	{"step": -1, "run_id": "01a2132e-869d-794c-a080-d1488c87457a", "source": "input", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "a5d5404e-f68f-5674-a7b9-2ef380ac470d", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfde-6cb0-8000-3bf9849799c0	1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	\N	{"v": 4, "id": "1f1e8df5-cfde-6cb0-8000-3bf9849799c0", "ts": "2026-11-25T14:49:06.069179+00:00", "versions_seen": {"__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.5643383196491912"}}, "channel_values": {"log": "recorded-effects", "hold": "c", "branch:to:a": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.4863595607618668", "hold": "00000000000000000000000000000002.0.4863595607618668", "trail": "00000000000000000000000000000002.0.4863595607618668", "__start__": "00000000000000000000000000000002.0.4863595607618668", "branch:to:a": "00000000000000000000000000000002.0.4863595607618668"}, "updated_channels": ["branch:to:a", "hold", "log", "trail"]}	{"step": 0, "run_id": "01a2132e-869d-794c-a080-d1488c87457a", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "a5d5404e-f68f-5674-a7b9-2ef380ac470d", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfe3-673b-8001-07c462e1c4a6	1f1e8df5-cfde-6cb0-8000-3bf9849799c0	\N	{"v": 4, "id": "1f1e8df5-cfe3-673b-8001-07c462e1c4a6", "ts": "2026-11-25T14:49:06.071098+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.4863595607618668"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.5643383196491912"}}, "channel_values": {"log": "recorded-effects", "hold": "c", "branch:to:b": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.4863595607618668", "hold": "00000000000000000000000000000002.0.4863595607618668", "trail": "00000000000000000000000000000003.0.5566787942309895", "__start__": "00000000000000000000000000000002.0.4863595607618668", "branch:to:a": "00000000000000000000000000000003.0.5566787942309895", "branch:to:b": "00000000000000000000000000000003.0.5566787942309895"}, "updated_channels": ["branch:to:b", "trail"]}	{"step": 1, "run_id": "01a2132e-869d-794c-a080-d1488c87457a", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "a5d5404e-f68f-5674-a7b9-2ef380ac470d", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-d02e-6416-8002-8c5f00df3632	1f1e8df5-cfe3-673b-8001-07c462e1c4a6	\N	{"v": 4, "id": "1f1e8df5-d02e-6416-8002-8c5f00df3632", "ts": "2026-11-25T14:49:06.101734+00:00", "versions_seen": {"a": {"branch:to:a": "00000000000000000000000000000002.0.4863595607618668"}, "b": {"branch:to:b": "00000000000000000000000000000003.0.5566787942309895"}, "__input__": {}, "__start__": {"__start__": "00000000000000000000000000000001.0.5643383196491912"}}, "channel_values": {"log": "recorded-effects", "hold": "c", "branch:to:c": null}, "channel_versions": {"log": "00000000000000000000000000000002.0.4863595607618668", "hold": "00000000000000000000000000000002.0.4863595607618668", "trail": "00000000000000000000000000000004.0.8856663607345292", "__start__": "00000000000000000000000000000002.0.4863595607618668", "branch:to:a": "00000000000000000000000000000003.0.5566787942309895", "branch:to:b": "00000000000000000000000000000004.0.8856663607345292", "branch:to:c": "00000000000000000000000000000004.0.8856663607345292"}, "updated_channels": ["branch:to:c", "trail"]}	{"step": 2, "run_id": "01a2132e-869d-794c-a080-d1488c87457a", "source": "loop", "parents": {}, "user_id": "", "graph_id": "async", "created_by": "system", "run_attempt": 1, "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "langgraph_version": "1.2.24", "langgraph_request_id": "a5d5404e-f68f-5674-a7b9-2ef380ac470d", "langgraph_api_version": "0.16.7", "langgraph_auth_user_id": ""}
\.


--
-- Data for Name: event_streams; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.event_streams (stream_id, stream_type, tenant_id, owner, version, epoch, op_seq, sealed) FROM stdin;
7365b99d-f2b7-5bad-95eb-e20bc8f0f36f	graph	default	jupyter	1	0	0	f
fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	assistant	default	jupyter	1	0	0	f
b535d1fe-31df-5aa3-bbc0-51c14270bed1	graph	default	jupyter	1	0	0	f
29865d80-008c-5bca-ab5b-e77a86bf5231	assistant	default	jupyter	1	0	0	f
fc6863af-fd0b-5bf9-8db8-a425dc17a90b	graph	default	jupyter	1	0	0	f
0813419b-f0e6-579e-bdee-18d9fdf48632	assistant	default	jupyter	1	0	0	f
4f03ad48-e16f-5223-a03f-2ed42eaaa070	graph	default	jupyter	1	0	0	f
aa4e9bda-57e9-5c95-89d7-7daad14f5fd9	assistant	default	jupyter	1	0	0	f
01a2132e-7fea-7afc-8e3c-01977682d693	thread	default	jupyter	1	0	0	f
01a2132e-8035-7cb4-9a85-a59b114977a9	run	default	jupyter	13	1	5	t
01a2132e-8181-7fa3-a9e9-386f60078215	thread	default	jupyter	1	0	0	f
01a2132e-81bf-7657-8874-5a029b96501c	run	default	jupyter	13	1	10	t
01a2132e-8387-7d41-9816-b079fc45599c	thread	default	jupyter	1	0	0	f
01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	default	jupyter	15	1	18	t
01a2132e-8526-75dd-b88c-4a4ee3830615	thread	default	jupyter	1	0	0	f
01a2132e-8544-7ef2-a520-15194f9bf90f	run	default	jupyter	13	1	23	t
01a2132e-8664-7681-a107-3806f9e974cb	thread	default	jupyter	1	0	0	f
01a2132e-869d-794c-a080-d1488c87457a	run	default	jupyter	7	1	26	f
01a2132e-870b-78ed-b6bb-7f6196417779	run	default	jupyter	1	0	0	f
\.


--
-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.events (global_seq, event_id, stream_id, stream_type, version, type, schema_version, payload, metadata, tenant_id, owner, at, xact) FROM stdin;
1	f6beed22-dfa0-4f38-8cf0-cecce0bad132	7365b99d-f2b7-5bad-95eb-e20bc8f0f36f	graph	1	graph.defined	1	{"graph_id":"async","source_hash":"4726fe296ea4364f85e9fa32451bfdf4","error":null}	\N	default	jupyter	2026-11-25 14:49:03.11425+00	756
2	030bce74-2c79-4f67-893e-b3fe0c86a2be	fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	assistant	1	assistant.created	1	{"graph_id":"async","name":"async","description":null,"config":{},"context":{},"metadata":{"created_by":"system"},"assistant_version":1}	\N	default	jupyter	2026-11-25 14:49:03.153827+00	757
3	638ac23e-6e44-4227-8885-ec14d49dea29	b535d1fe-31df-5aa3-bbc0-51c14270bed1	graph	1	graph.defined	1	{"graph_id":"sync","source_hash":"4726fe296ea4364f85e9fa32451bfdf4","error":null}	\N	default	jupyter	2026-11-25 14:49:03.223864+00	759
4	2ea4bb1c-4439-4b5d-87cb-ca9ea93f7b7d	29865d80-008c-5bca-ab5b-e77a86bf5231	assistant	1	assistant.created	1	{"graph_id":"sync","name":"sync","description":null,"config":{},"context":{},"metadata":{"created_by":"system"},"assistant_version":1}	\N	default	jupyter	2026-11-25 14:49:03.277704+00	760
5	f4d0404c-1087-4a69-baa1-e4d7cabdacd9	fc6863af-fd0b-5bf9-8db8-a425dc17a90b	graph	1	graph.defined	1	{"graph_id":"nested","source_hash":"4726fe296ea4364f85e9fa32451bfdf4","error":null}	\N	default	jupyter	2026-11-25 14:49:03.353292+00	762
6	d956d0cf-ef88-4a4b-9d58-31bfb98e464b	0813419b-f0e6-579e-bdee-18d9fdf48632	assistant	1	assistant.created	1	{"graph_id":"nested","name":"nested","description":null,"config":{},"context":{},"metadata":{"created_by":"system"},"assistant_version":1}	\N	default	jupyter	2026-11-25 14:49:03.380306+00	764
7	1c07201e-1a41-4f65-81fd-56a149deeaf2	4f03ad48-e16f-5223-a03f-2ed42eaaa070	graph	1	graph.defined	1	{"graph_id":"fan","source_hash":"4726fe296ea4364f85e9fa32451bfdf4","error":null}	\N	default	jupyter	2026-11-25 14:49:03.440497+00	765
8	11eaeba0-3cdd-40c5-a279-ecb32a1a2423	aa4e9bda-57e9-5c95-89d7-7daad14f5fd9	assistant	1	assistant.created	1	{"graph_id":"fan","name":"fan","description":null,"config":{},"context":{},"metadata":{"created_by":"system"},"assistant_version":1}	\N	default	jupyter	2026-11-25 14:49:03.460465+00	767
9	72a9d7df-dc4b-4788-bb40-7481cb996d2d	01a2132e-7fea-7afc-8e3c-01977682d693	thread	1	thread.created	1	{"metadata" : {}, "ephemeral" : false}	\N	default	jupyter	2026-11-25 14:49:04.266528+00	772
10	fcace719-9bfd-40f1-96a4-fc8b8802f567	01a2132e-8035-7cb4-9a85-a59b114977a9	run	1	run.created	1	{"thread_id" : "01a2132e-7fea-7afc-8e3c-01977682d693", "assistant_id" : "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "assistant_version" : 1, "graph_id" : "async", "multitask_strategy" : "enqueue", "metadata" : {"graph_id": "async", "created_by": "system", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}, "kwargs" : {"input":{"log":"recorded-others","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}, "ephemeral" : false, "thread_metadata" : {"graph_id": "async", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}, "thread_config" : {"configurable":{}}}	\N	default	jupyter	2026-11-25 14:49:04.344332+00	774
11	fd3a5557-7bbe-44f1-8d16-f2458baf6050	01a2132e-8035-7cb4-9a85-a59b114977a9	run	2	run.started	1	{"epoch" : 1, "attempt" : 1, "worker_id" : "1f61bd18-f86f-48f7-ab36-879c5cd13455", "worker" : "worker-1"}	\N	default	jupyter	2026-11-25 14:49:04.370322+00	776
12	8d38c0a1-5b6a-4c37-8c89-48e7fe8a37d2	01a2132e-8035-7cb4-9a85-a59b114977a9	run	3	execution.node_started	1	{"task_id":"c9dfa669-4d41-eaac-a045-8b4833de5af4","node":"a","ns":"","step":1,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:04.42687+00	778
13	307d8a6c-3a3e-4030-a182-3c05c304c3f8	01a2132e-8035-7cb4-9a85-a59b114977a9	run	4	execution.node_completed	1	{"task_id":"c9dfa669-4d41-eaac-a045-8b4833de5af4","node":"a","ns":"","step":1,"attempt":1,"duration_ms":7.042}	\N	default	jupyter	2026-11-25 14:49:04.433912+00	778
14	9549dd4e-8e81-4045-95ff-ffc6638fb845	01a2132e-8035-7cb4-9a85-a59b114977a9	run	5	execution.node_started	1	{"task_id":"d097627e-cef8-1fc7-0e81-b727ef4fa2c7","node":"b","ns":"","step":2,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:04.521103+00	780
15	55e15f49-e606-4223-b0b9-0a46daf7e50a	01a2132e-8035-7cb4-9a85-a59b114977a9	run	6	execution.node_completed	1	{"task_id":"d097627e-cef8-1fc7-0e81-b727ef4fa2c7","node":"b","ns":"","step":2,"attempt":1,"duration_ms":0.841}	\N	default	jupyter	2026-11-25 14:49:04.521944+00	780
16	902df935-8dc9-4f73-b2d6-7cc8d64242ed	01a2132e-8035-7cb4-9a85-a59b114977a9	run	7	execution.node_started	1	{"task_id":"1f8b7cbf-0db8-7008-a947-2bd656435ef3","node":"c","ns":"","step":3,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:04.541317+00	781
17	43a8c473-d6c5-4301-8971-e85adb1ea285	01a2132e-8035-7cb4-9a85-a59b114977a9	run	8	execution.node_completed	1	{"task_id":"1f8b7cbf-0db8-7008-a947-2bd656435ef3","node":"c","ns":"","step":3,"attempt":1,"duration_ms":1.236}	\N	default	jupyter	2026-11-25 14:49:04.542553+00	781
18	1d39aa71-e134-46b5-b16e-9eff9180344c	01a2132e-8035-7cb4-9a85-a59b114977a9	run	9	execution.node_started	1	{"task_id":"67ec4644-1d24-e32e-c977-c41dad96f926","node":"d","ns":"","step":4,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:04.558239+00	782
19	b8509050-0484-4086-93f0-ddf1498df1a1	01a2132e-8035-7cb4-9a85-a59b114977a9	run	10	execution.node_completed	1	{"task_id":"67ec4644-1d24-e32e-c977-c41dad96f926","node":"d","ns":"","step":4,"attempt":1,"duration_ms":1.054}	\N	default	jupyter	2026-11-25 14:49:04.559293+00	782
20	8e0ad6da-a30a-481e-89f9-bd4a4c0c87f4	01a2132e-8035-7cb4-9a85-a59b114977a9	run	11	execution.node_started	1	{"task_id":"041c4545-8d6e-01ed-7ad6-ff6e85c08642","node":"e","ns":"","step":5,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:04.577143+00	784
21	c9677723-2e70-4226-8207-31e6cebc946b	01a2132e-8035-7cb4-9a85-a59b114977a9	run	12	execution.node_completed	1	{"task_id":"041c4545-8d6e-01ed-7ad6-ff6e85c08642","node":"e","ns":"","step":5,"attempt":1,"duration_ms":3.731}	\N	default	jupyter	2026-11-25 14:49:04.580874+00	784
22	37f7a1d0-a883-4f76-9962-22fcf5d11231	01a2132e-8035-7cb4-9a85-a59b114977a9	run	13	run.completed	1	{"status":"success","thread_id":"01a2132e-7fea-7afc-8e3c-01977682d693","thread_status":"idle","checkpoint_id":"1f1e8df5-c1ac-665e-8005-0d9ef7c258d3","error":null}	\N	default	jupyter	2026-11-25 14:49:04.581331+00	784
23	7b05faca-a376-433a-afd7-007343c8d03f	01a2132e-8181-7fa3-a9e9-386f60078215	thread	1	thread.created	1	{"metadata" : {}, "ephemeral" : false}	\N	default	jupyter	2026-11-25 14:49:04.658364+00	785
24	1e0715af-c965-4eee-8e43-c5fda2e642a2	01a2132e-81bf-7657-8874-5a029b96501c	run	1	run.created	1	{"thread_id" : "01a2132e-8181-7fa3-a9e9-386f60078215", "assistant_id" : "29865d80-008c-5bca-ab5b-e77a86bf5231", "assistant_version" : 1, "graph_id" : "sync", "multitask_strategy" : "enqueue", "metadata" : {"graph_id": "sync", "created_by": "system", "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231"}, "kwargs" : {"input":{"log":"recorded-others","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}, "ephemeral" : false, "thread_metadata" : {"graph_id": "sync", "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231"}, "thread_config" : {"configurable":{}}}	\N	default	jupyter	2026-11-25 14:49:04.753703+00	787
25	96fa0cf5-c084-43c1-b84c-35af957dda0a	01a2132e-81bf-7657-8874-5a029b96501c	run	2	run.started	1	{"epoch" : 1, "attempt" : 1, "worker_id" : "1f61bd18-f86f-48f7-ab36-879c5cd13455", "worker" : "worker-1"}	\N	default	jupyter	2026-11-25 14:49:04.957438+00	790
26	9664c955-9d3a-48b8-a4a4-13278c7c1b9d	01a2132e-81bf-7657-8874-5a029b96501c	run	3	execution.node_started	1	{"task_id":"2fd8b5a1-df58-7ccf-ee30-c1e933ec308a","node":"a","ns":"","step":1,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:04.987356+00	791
27	6a7458ae-714d-42dd-abae-5f06eb83629f	01a2132e-81bf-7657-8874-5a029b96501c	run	4	execution.node_completed	1	{"task_id":"2fd8b5a1-df58-7ccf-ee30-c1e933ec308a","node":"a","ns":"","step":1,"attempt":1,"duration_ms":8.438}	\N	default	jupyter	2026-11-25 14:49:04.995794+00	791
28	f719422d-5355-4151-8957-aa2da43942fe	01a2132e-81bf-7657-8874-5a029b96501c	run	5	execution.node_started	1	{"task_id":"489a3d69-66b6-0e37-42c6-5804357be732","node":"b","ns":"","step":2,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.006666+00	794
29	f0a8ecc4-f9f2-4bf0-bb87-27f4998afda2	01a2132e-81bf-7657-8874-5a029b96501c	run	6	execution.node_completed	1	{"task_id":"489a3d69-66b6-0e37-42c6-5804357be732","node":"b","ns":"","step":2,"attempt":1,"duration_ms":14.422}	\N	default	jupyter	2026-11-25 14:49:05.021088+00	794
30	2a773a7a-5ab2-4120-8ad1-b2420b6020d3	01a2132e-81bf-7657-8874-5a029b96501c	run	7	execution.node_started	1	{"task_id":"e53666ad-e1e8-4d71-c578-f9bba52ec881","node":"c","ns":"","step":3,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.029184+00	795
31	cd67f21c-6dc7-4f7a-bba1-deaa402bd29f	01a2132e-81bf-7657-8874-5a029b96501c	run	8	execution.node_completed	1	{"task_id":"e53666ad-e1e8-4d71-c578-f9bba52ec881","node":"c","ns":"","step":3,"attempt":1,"duration_ms":4.543}	\N	default	jupyter	2026-11-25 14:49:05.033727+00	795
32	03d91e78-dbc4-42ca-af1b-9a7d4bc62157	01a2132e-81bf-7657-8874-5a029b96501c	run	9	execution.node_started	1	{"task_id":"95da2e88-2470-d98f-a57e-793ab1e19155","node":"d","ns":"","step":4,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.04312+00	796
33	991f4a6d-26d1-42fd-999b-5882ab684c37	01a2132e-81bf-7657-8874-5a029b96501c	run	10	execution.node_completed	1	{"task_id":"95da2e88-2470-d98f-a57e-793ab1e19155","node":"d","ns":"","step":4,"attempt":1,"duration_ms":3.726}	\N	default	jupyter	2026-11-25 14:49:05.046846+00	796
34	d48698b1-ed06-44ef-b713-2cbf2a29e96a	01a2132e-81bf-7657-8874-5a029b96501c	run	11	execution.node_started	1	{"task_id":"f9db0867-ca2f-11cd-fe13-977703d03456","node":"e","ns":"","step":5,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.05394+00	797
35	c654e248-cbc9-49ec-a3b3-5eb20e74bee9	01a2132e-81bf-7657-8874-5a029b96501c	run	12	execution.node_completed	1	{"task_id":"f9db0867-ca2f-11cd-fe13-977703d03456","node":"e","ns":"","step":5,"attempt":1,"duration_ms":3.778}	\N	default	jupyter	2026-11-25 14:49:05.057718+00	797
36	14042401-41ed-43f9-b0cc-7084425c804e	01a2132e-81bf-7657-8874-5a029b96501c	run	13	run.completed	1	{"status":"success","thread_id":"01a2132e-8181-7fa3-a9e9-386f60078215","thread_status":"idle","checkpoint_id":"1f1e8df5-c638-6cc4-8005-d336733d8da1","error":null}	\N	default	jupyter	2026-11-25 14:49:05.058349+00	797
40	66e73708-86a5-45f5-82fb-85f3fb9a9117	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	3	execution.node_started	1	{"task_id":"1ba4364a-5ea2-ad58-38e0-aa8a582ee496","node":"a","ns":"","step":1,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.318449+00	804
41	e6ec0154-63c8-4e05-ad3a-34ee6a5df63a	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	4	execution.node_completed	1	{"task_id":"1ba4364a-5ea2-ad58-38e0-aa8a582ee496","node":"a","ns":"","step":1,"attempt":1,"duration_ms":0.808}	\N	default	jupyter	2026-11-25 14:49:05.319257+00	804
42	6ab489d3-4ff7-4145-b068-b6386da29af7	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	5	execution.node_started	1	{"task_id":"40e8b184-4f00-23f4-7eae-cf59cde328e0","node":"inner","ns":"","step":2,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.347226+00	805
43	69c4debd-71de-4e70-9970-f4fd906d611f	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	6	execution.node_started	1	{"task_id":"0268af23-e715-eb35-8e0e-7cfb96aad712","node":"b","ns":"inner:40e8b184-4f00-23f4-7eae-cf59cde328e0","step":1,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.379741+00	809
44	10ea04b2-376e-4519-aa99-a5f3b808c7fe	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	7	execution.node_completed	1	{"task_id":"0268af23-e715-eb35-8e0e-7cfb96aad712","node":"b","ns":"inner:40e8b184-4f00-23f4-7eae-cf59cde328e0","step":1,"attempt":1,"duration_ms":10.993}	\N	default	jupyter	2026-11-25 14:49:05.390734+00	809
45	0d3637f2-a721-4f33-8252-6640359b0350	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	8	execution.node_started	1	{"task_id":"06f6bd13-7313-c6de-b70e-8c047d1f9b3b","node":"c","ns":"inner:40e8b184-4f00-23f4-7eae-cf59cde328e0","step":2,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.419084+00	810
46	f59739bd-a188-4e98-826b-13240f64c186	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	9	execution.node_completed	1	{"task_id":"06f6bd13-7313-c6de-b70e-8c047d1f9b3b","node":"c","ns":"inner:40e8b184-4f00-23f4-7eae-cf59cde328e0","step":2,"attempt":1,"duration_ms":0.646}	\N	default	jupyter	2026-11-25 14:49:05.41973+00	810
47	375fc5b8-8242-437e-9795-5fd89f95f4da	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	10	execution.node_started	1	{"task_id":"ca6e3428-b845-72a6-dc4a-198e490ff007","node":"d","ns":"inner:40e8b184-4f00-23f4-7eae-cf59cde328e0","step":3,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.446312+00	812
48	d6357802-7c7b-492f-9748-e15c5cef9c38	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	11	execution.node_completed	1	{"task_id":"ca6e3428-b845-72a6-dc4a-198e490ff007","node":"d","ns":"inner:40e8b184-4f00-23f4-7eae-cf59cde328e0","step":3,"attempt":1,"duration_ms":0.645}	\N	default	jupyter	2026-11-25 14:49:05.446957+00	812
49	f5390ca6-8589-4638-8f63-955a5cb54923	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	12	execution.node_completed	1	{"task_id":"40e8b184-4f00-23f4-7eae-cf59cde328e0","node":"inner","ns":"","step":2,"attempt":1,"duration_ms":119.196}	\N	default	jupyter	2026-11-25 14:49:05.466422+00	813
50	51dd9267-041e-4240-b2f2-99bb433b00c6	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	13	execution.node_started	1	{"task_id":"b298b3bd-e9e4-1258-673e-1d3398791f77","node":"e","ns":"","step":3,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.491304+00	814
51	e3c2920e-5bd9-45cc-b3fc-55fc095fa92f	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	14	execution.node_completed	1	{"task_id":"b298b3bd-e9e4-1258-673e-1d3398791f77","node":"e","ns":"","step":3,"attempt":1,"duration_ms":5.648}	\N	default	jupyter	2026-11-25 14:49:05.496952+00	814
52	0d04babb-f07d-48c9-b9c3-4e2a9aa3a696	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	15	run.completed	1	{"status":"success","thread_id":"01a2132e-8387-7d41-9816-b079fc45599c","thread_status":"idle","checkpoint_id":"1f1e8df5-ca6a-6868-8003-9aeceb176e07","error":null}	\N	default	jupyter	2026-11-25 14:49:05.497907+00	814
56	db67c207-2a90-4580-88f0-6f7021e44299	01a2132e-8544-7ef2-a520-15194f9bf90f	run	3	execution.node_started	1	{"task_id":"446816af-c97f-7748-a034-fb1128356026","node":"a","ns":"","step":1,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.69359+00	822
57	1819df84-e34e-4165-afee-f8a10cfb0bfa	01a2132e-8544-7ef2-a520-15194f9bf90f	run	4	execution.node_completed	1	{"task_id":"446816af-c97f-7748-a034-fb1128356026","node":"a","ns":"","step":1,"attempt":1,"duration_ms":4.11}	\N	default	jupyter	2026-11-25 14:49:05.6977+00	822
58	b8a43b14-e9e4-4f80-8e14-0e42929b0c54	01a2132e-8544-7ef2-a520-15194f9bf90f	run	5	execution.node_started	1	{"task_id":"d6d23450-156a-b270-e2f8-39db067368c0","node":"branch","ns":"","step":2,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.713484+00	823
59	ebbebf72-3e6e-4d92-819c-ff8b63874b42	01a2132e-8544-7ef2-a520-15194f9bf90f	run	6	execution.node_started	1	{"task_id":"c737bc9f-e5a1-1365-6f1f-7c29a8831aa8","node":"branch","ns":"","step":2,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.713504+00	823
60	436ad9d3-a16c-41e3-a385-310148aa4721	01a2132e-8544-7ef2-a520-15194f9bf90f	run	7	execution.node_started	1	{"task_id":"fbb48286-3426-a0f2-bf5b-87c4a0fe3dfa","node":"branch","ns":"","step":2,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.713512+00	823
61	97e1f912-5fbd-4808-88bb-47ab76d21ce3	01a2132e-8544-7ef2-a520-15194f9bf90f	run	8	execution.node_completed	1	{"task_id":"d6d23450-156a-b270-e2f8-39db067368c0","node":"branch","ns":"","step":2,"attempt":1,"duration_ms":1.81}	\N	default	jupyter	2026-11-25 14:49:05.715294+00	823
62	561feca3-06d4-4258-b149-f187ec93b2fc	01a2132e-8544-7ef2-a520-15194f9bf90f	run	9	execution.node_completed	1	{"task_id":"c737bc9f-e5a1-1365-6f1f-7c29a8831aa8","node":"branch","ns":"","step":2,"attempt":1,"duration_ms":1.851}	\N	default	jupyter	2026-11-25 14:49:05.715355+00	823
63	c0a0b87e-1ee7-4f94-88ad-39d361d7fd69	01a2132e-8544-7ef2-a520-15194f9bf90f	run	10	execution.node_completed	1	{"task_id":"fbb48286-3426-a0f2-bf5b-87c4a0fe3dfa","node":"branch","ns":"","step":2,"attempt":1,"duration_ms":1.857}	\N	default	jupyter	2026-11-25 14:49:05.715369+00	823
64	1d619842-4d55-4160-b5dd-6457ef0bb392	01a2132e-8544-7ef2-a520-15194f9bf90f	run	11	execution.node_started	1	{"task_id":"ec8b4ae2-0d00-3097-2502-734a3deca05b","node":"e","ns":"","step":3,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:05.748884+00	826
37	2ad9f374-bf48-4311-bf00-d6ef241c9ad2	01a2132e-8387-7d41-9816-b079fc45599c	thread	1	thread.created	1	{"metadata" : {}, "ephemeral" : false}	\N	default	jupyter	2026-11-25 14:49:05.185023+00	800
38	48d24328-875a-4008-b75a-8c2fe0b6c390	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	1	run.created	1	{"thread_id" : "01a2132e-8387-7d41-9816-b079fc45599c", "assistant_id" : "0813419b-f0e6-579e-bdee-18d9fdf48632", "assistant_version" : 1, "graph_id" : "nested", "multitask_strategy" : "enqueue", "metadata" : {"graph_id": "nested", "created_by": "system", "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632"}, "kwargs" : {"input":{"log":"recorded-others","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}, "ephemeral" : false, "thread_metadata" : {"graph_id": "nested", "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632"}, "thread_config" : {"configurable":{}}}	\N	default	jupyter	2026-11-25 14:49:05.268648+00	801
70	c9d832b0-ec28-42d6-8b39-c4559bdfe051	01a2132e-870b-78ed-b6bb-7f6196417779	run	1	run.created	1	{"thread_id" : "01a2132e-8664-7681-a107-3806f9e974cb", "assistant_id" : "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "assistant_version" : 1, "graph_id" : "async", "multitask_strategy" : "enqueue", "metadata" : {"graph_id": "async", "created_by": "system", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}, "kwargs" : {"input":{"log":"recorded-effects","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}, "ephemeral" : false, "thread_metadata" : {"graph_id": "async", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}, "thread_config" : {"configurable":{}}}	\N	default	jupyter	2026-11-25 14:49:06.059967+00	833
39	f0f709c6-467e-4a67-b291-2f1219d06b7e	01a2132e-83c9-78c1-8f81-93e1b7d432e7	run	2	run.started	1	{"epoch" : 1, "attempt" : 1, "worker_id" : "1f61bd18-f86f-48f7-ab36-879c5cd13455", "worker" : "worker-1"}	\N	default	jupyter	2026-11-25 14:49:05.289637+00	803
53	f16d54c0-43d7-4903-8f6c-945f26546565	01a2132e-8526-75dd-b88c-4a4ee3830615	thread	1	thread.created	1	{"metadata" : {}, "ephemeral" : false}	\N	default	jupyter	2026-11-25 14:49:05.574699+00	816
54	c55d84fb-f3bd-47bb-b041-831434b1e72c	01a2132e-8544-7ef2-a520-15194f9bf90f	run	1	run.created	1	{"thread_id" : "01a2132e-8526-75dd-b88c-4a4ee3830615", "assistant_id" : "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9", "assistant_version" : 1, "graph_id" : "fan", "multitask_strategy" : "enqueue", "metadata" : {"graph_id": "fan", "created_by": "system", "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9"}, "kwargs" : {"input":{"log":"recorded-others","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}, "ephemeral" : false, "thread_metadata" : {"graph_id": "fan", "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9"}, "thread_config" : {"configurable":{}}}	\N	default	jupyter	2026-11-25 14:49:05.62027+00	818
55	9e957a06-feca-4047-b183-2174544dfba5	01a2132e-8544-7ef2-a520-15194f9bf90f	run	2	run.started	1	{"epoch" : 1, "attempt" : 1, "worker_id" : "1f61bd18-f86f-48f7-ab36-879c5cd13455", "worker" : "worker-1"}	\N	default	jupyter	2026-11-25 14:49:05.649462+00	820
69	abc29f57-c28d-4d3c-a41a-166ad27f5de4	01a2132e-869d-794c-a080-d1488c87457a	run	2	run.started	1	{"epoch" : 1, "attempt" : 1, "worker_id" : "1f61bd18-f86f-48f7-ab36-879c5cd13455", "worker" : "worker-1"}	\N	default	jupyter	2026-11-25 14:49:06.022781+00	832
65	9be7c819-0df5-4bbe-85be-73914b1854a1	01a2132e-8544-7ef2-a520-15194f9bf90f	run	12	execution.node_completed	1	{"task_id":"ec8b4ae2-0d00-3097-2502-734a3deca05b","node":"e","ns":"","step":3,"attempt":1,"duration_ms":1.512}	\N	default	jupyter	2026-11-25 14:49:05.750396+00	826
66	a55985a2-60f9-4082-9f7d-5f03c50a51c6	01a2132e-8544-7ef2-a520-15194f9bf90f	run	13	run.completed	1	{"status":"success","thread_id":"01a2132e-8526-75dd-b88c-4a4ee3830615","thread_status":"idle","checkpoint_id":"1f1e8df5-ccd4-6044-8003-1e36acba0e06","error":null}	\N	default	jupyter	2026-11-25 14:49:05.763871+00	827
67	0c99063e-0d26-422f-bd42-9b1090651e6d	01a2132e-8664-7681-a107-3806f9e974cb	thread	1	thread.created	1	{"metadata" : {}, "ephemeral" : false}	\N	default	jupyter	2026-11-25 14:49:05.920308+00	829
68	fe999618-f317-4de8-8357-7611c0f4a518	01a2132e-869d-794c-a080-d1488c87457a	run	1	run.created	1	{"thread_id" : "01a2132e-8664-7681-a107-3806f9e974cb", "assistant_id" : "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e", "assistant_version" : 1, "graph_id" : "async", "multitask_strategy" : "enqueue", "metadata" : {"graph_id": "async", "created_by": "system", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}, "kwargs" : {"input":{"log":"recorded-effects","hold":"c","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}, "ephemeral" : false, "thread_metadata" : {"graph_id": "async", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}, "thread_config" : {"configurable":{}}}	\N	default	jupyter	2026-11-25 14:49:05.979679+00	830
71	93caabae-6c5c-4f0d-a511-65d9c686c07a	01a2132e-869d-794c-a080-d1488c87457a	run	3	execution.node_started	1	{"task_id":"dbe12484-e14a-b6f5-accd-11d20df07fb3","node":"a","ns":"","step":1,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:06.070162+00	834
72	40a04e8e-8f98-4bf5-97a5-c04dd4fff162	01a2132e-869d-794c-a080-d1488c87457a	run	4	execution.node_completed	1	{"task_id":"dbe12484-e14a-b6f5-accd-11d20df07fb3","node":"a","ns":"","step":1,"attempt":1,"duration_ms":1.12}	\N	default	jupyter	2026-11-25 14:49:06.071282+00	834
73	4258c903-5e26-4d55-82b7-d904132d0464	01a2132e-869d-794c-a080-d1488c87457a	run	5	execution.node_started	1	{"task_id":"f47ea500-5749-94d8-71e9-960b2b6a919d","node":"b","ns":"","step":2,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:06.100627+00	835
74	2c60cb83-2eaa-4a5c-8938-9b4cf8d3bf06	01a2132e-869d-794c-a080-d1488c87457a	run	6	execution.node_completed	1	{"task_id":"f47ea500-5749-94d8-71e9-960b2b6a919d","node":"b","ns":"","step":2,"attempt":1,"duration_ms":1.314}	\N	default	jupyter	2026-11-25 14:49:06.101941+00	835
75	53c6ddaf-8304-4ba6-8dc0-9fcd4a371e0c	01a2132e-869d-794c-a080-d1488c87457a	run	7	execution.node_started	1	{"task_id":"2030ee96-9995-a49c-9209-e71554defb68","node":"c","ns":"","step":3,"attempt":1}	\N	default	jupyter	2026-11-25 14:49:06.117828+00	838
\.


--
-- Data for Name: execution_history; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.execution_history (run_id, task_id, attempt, node, ns, step, status, error, tenant_id, owner, started_at, ended_at) FROM stdin;
01a2132e-8035-7cb4-9a85-a59b114977a9	c9dfa669-4d41-eaac-a045-8b4833de5af4	1	a		1	completed	\N	default	jupyter	2026-11-25 14:49:04.42687+00	2026-11-25 14:49:04.433912+00
01a2132e-8035-7cb4-9a85-a59b114977a9	d097627e-cef8-1fc7-0e81-b727ef4fa2c7	1	b		2	completed	\N	default	jupyter	2026-11-25 14:49:04.521103+00	2026-11-25 14:49:04.521944+00
01a2132e-8035-7cb4-9a85-a59b114977a9	1f8b7cbf-0db8-7008-a947-2bd656435ef3	1	c		3	completed	\N	default	jupyter	2026-11-25 14:49:04.541317+00	2026-11-25 14:49:04.542553+00
01a2132e-8035-7cb4-9a85-a59b114977a9	67ec4644-1d24-e32e-c977-c41dad96f926	1	d		4	completed	\N	default	jupyter	2026-11-25 14:49:04.558239+00	2026-11-25 14:49:04.559293+00
01a2132e-8035-7cb4-9a85-a59b114977a9	041c4545-8d6e-01ed-7ad6-ff6e85c08642	1	e		5	completed	\N	default	jupyter	2026-11-25 14:49:04.577143+00	2026-11-25 14:49:04.580874+00
01a2132e-81bf-7657-8874-5a029b96501c	2fd8b5a1-df58-7ccf-ee30-c1e933ec308a	1	a		1	completed	\N	default	jupyter	2026-11-25 14:49:04.987356+00	2026-11-25 14:49:04.995794+00
01a2132e-81bf-7657-8874-5a029b96501c	489a3d69-66b6-0e37-42c6-5804357be732	1	b		2	completed	\N	default	jupyter	2026-11-25 14:49:05.006666+00	2026-11-25 14:49:05.021088+00
01a2132e-81bf-7657-8874-5a029b96501c	e53666ad-e1e8-4d71-c578-f9bba52ec881	1	c		3	completed	\N	default	jupyter	2026-11-25 14:49:05.029184+00	2026-11-25 14:49:05.033727+00
01a2132e-81bf-7657-8874-5a029b96501c	95da2e88-2470-d98f-a57e-793ab1e19155	1	d		4	completed	\N	default	jupyter	2026-11-25 14:49:05.04312+00	2026-11-25 14:49:05.046846+00
01a2132e-81bf-7657-8874-5a029b96501c	f9db0867-ca2f-11cd-fe13-977703d03456	1	e		5	completed	\N	default	jupyter	2026-11-25 14:49:05.05394+00	2026-11-25 14:49:05.057718+00
01a2132e-83c9-78c1-8f81-93e1b7d432e7	1ba4364a-5ea2-ad58-38e0-aa8a582ee496	1	a		1	completed	\N	default	jupyter	2026-11-25 14:49:05.318449+00	2026-11-25 14:49:05.319257+00
01a2132e-83c9-78c1-8f81-93e1b7d432e7	0268af23-e715-eb35-8e0e-7cfb96aad712	1	b	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1	completed	\N	default	jupyter	2026-11-25 14:49:05.379741+00	2026-11-25 14:49:05.390734+00
01a2132e-83c9-78c1-8f81-93e1b7d432e7	06f6bd13-7313-c6de-b70e-8c047d1f9b3b	1	c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	2	completed	\N	default	jupyter	2026-11-25 14:49:05.419084+00	2026-11-25 14:49:05.41973+00
01a2132e-83c9-78c1-8f81-93e1b7d432e7	ca6e3428-b845-72a6-dc4a-198e490ff007	1	d	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	3	completed	\N	default	jupyter	2026-11-25 14:49:05.446312+00	2026-11-25 14:49:05.446957+00
01a2132e-83c9-78c1-8f81-93e1b7d432e7	40e8b184-4f00-23f4-7eae-cf59cde328e0	1	inner		2	completed	\N	default	jupyter	2026-11-25 14:49:05.347226+00	2026-11-25 14:49:05.466422+00
01a2132e-83c9-78c1-8f81-93e1b7d432e7	b298b3bd-e9e4-1258-673e-1d3398791f77	1	e		3	completed	\N	default	jupyter	2026-11-25 14:49:05.491304+00	2026-11-25 14:49:05.496952+00
01a2132e-8544-7ef2-a520-15194f9bf90f	446816af-c97f-7748-a034-fb1128356026	1	a		1	completed	\N	default	jupyter	2026-11-25 14:49:05.69359+00	2026-11-25 14:49:05.6977+00
01a2132e-8544-7ef2-a520-15194f9bf90f	d6d23450-156a-b270-e2f8-39db067368c0	1	branch		2	completed	\N	default	jupyter	2026-11-25 14:49:05.713484+00	2026-11-25 14:49:05.715294+00
01a2132e-8544-7ef2-a520-15194f9bf90f	c737bc9f-e5a1-1365-6f1f-7c29a8831aa8	1	branch		2	completed	\N	default	jupyter	2026-11-25 14:49:05.713504+00	2026-11-25 14:49:05.715355+00
01a2132e-8544-7ef2-a520-15194f9bf90f	fbb48286-3426-a0f2-bf5b-87c4a0fe3dfa	1	branch		2	completed	\N	default	jupyter	2026-11-25 14:49:05.713512+00	2026-11-25 14:49:05.715369+00
01a2132e-8544-7ef2-a520-15194f9bf90f	ec8b4ae2-0d00-3097-2502-734a3deca05b	1	e		3	completed	\N	default	jupyter	2026-11-25 14:49:05.748884+00	2026-11-25 14:49:05.750396+00
01a2132e-869d-794c-a080-d1488c87457a	dbe12484-e14a-b6f5-accd-11d20df07fb3	1	a		1	completed	\N	default	jupyter	2026-11-25 14:49:06.070162+00	2026-11-25 14:49:06.071282+00
01a2132e-869d-794c-a080-d1488c87457a	f47ea500-5749-94d8-71e9-960b2b6a919d	1	b		2	completed	\N	default	jupyter	2026-11-25 14:49:06.100627+00	2026-11-25 14:49:06.101941+00
01a2132e-869d-794c-a080-d1488c87457a	2030ee96-9995-a49c-9209-e71554defb68	1	c		3	running	\N	default	jupyter	2026-11-25 14:49:06.117828+00	\N
\.


--
-- Data for Name: frames; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.frames (run_id, epoch, first, last, data, tenant_id, owner, at) FROM stdin;
\.


--
-- Data for Name: graphs; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.graphs (tenant_id, owner, graph_id, source_hash, definition, error, version, updated_at) FROM stdin;
default	jupyter	async	4726fe296ea4364f85e9fa32451bfdf4	{"graph":{"0":{"nodes":[{"id":"__start__","type":"runnable","data":{"name":"__start__"}},{"id":"a","type":"runnable","data":{"name":"a"}},{"id":"b","type":"runnable","data":{"name":"b"}},{"id":"c","type":"runnable","data":{"name":"c"}},{"id":"d","type":"runnable","data":{"name":"d"}},{"id":"e","type":"runnable","data":{"name":"e"}},{"id":"__end__"}],"edges":[{"source":"__start__","target":"a"},{"source":"a","target":"b"},{"source":"b","target":"c"},{"source":"c","target":"d"},{"source":"d","target":"e"},{"source":"e","target":"__end__"}]}},"schemas":{"input_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"async_input","type":"object"},"output_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"async_output","type":"object"},"state_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"async_state","type":"object"},"config_schema":{},"context_schema":null},"subgraphs":{},"info":{"keys":["log","hold","trail"],"output":["log","hold","trail"],"own":false,"order":["__start__","a","b","c","d","e"],"defaults":{"trail":[]},"derived":[],"subs":{}}}	\N	1	2026-11-25 14:49:03.11425+00
default	jupyter	sync	4726fe296ea4364f85e9fa32451bfdf4	{"graph":{"0":{"nodes":[{"id":"__start__","type":"runnable","data":{"name":"__start__"}},{"id":"a","type":"runnable","data":{"name":"a"}},{"id":"b","type":"runnable","data":{"name":"b"}},{"id":"c","type":"runnable","data":{"name":"c"}},{"id":"d","type":"runnable","data":{"name":"d"}},{"id":"e","type":"runnable","data":{"name":"e"}},{"id":"__end__"}],"edges":[{"source":"__start__","target":"a"},{"source":"a","target":"b"},{"source":"b","target":"c"},{"source":"c","target":"d"},{"source":"d","target":"e"},{"source":"e","target":"__end__"}]}},"schemas":{"input_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"sync_input","type":"object"},"output_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"sync_output","type":"object"},"state_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"sync_state","type":"object"},"config_schema":{},"context_schema":null},"subgraphs":{},"info":{"keys":["log","hold","trail"],"output":["log","hold","trail"],"own":false,"order":["__start__","a","b","c","d","e"],"defaults":{"trail":[]},"derived":[],"subs":{}}}	\N	1	2026-11-25 14:49:03.223864+00
default	jupyter	nested	4726fe296ea4364f85e9fa32451bfdf4	{"graph":{"0":{"nodes":[{"id":"__start__","type":"runnable","data":{"name":"__start__"}},{"id":"a","type":"runnable","data":{"name":"a"}},{"id":"inner","type":"runnable","data":{"name":"inner"}},{"id":"e","type":"runnable","data":{"name":"e"}},{"id":"__end__"}],"edges":[{"source":"__start__","target":"a"},{"source":"a","target":"inner"},{"source":"inner","target":"e"},{"source":"e","target":"__end__"}]},"1":{"nodes":[{"id":"__start__","type":"runnable","data":{"name":"__start__"}},{"id":"a","type":"runnable","data":{"name":"a"}},{"id":"e","type":"runnable","data":{"name":"e"}},{"id":"__end__"},{"id":"inner:b","type":"runnable","data":{"name":"inner:b"}},{"id":"inner:c","type":"runnable","data":{"name":"inner:c"}},{"id":"inner:d","type":"runnable","data":{"name":"inner:d"}}],"edges":[{"source":"__start__","target":"a"},{"source":"a","target":"inner:b"},{"source":"inner:d","target":"e"},{"source":"e","target":"__end__"},{"source":"inner:b","target":"inner:c"},{"source":"inner:c","target":"inner:d"}]}},"schemas":{"input_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"nested_input","type":"object"},"output_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"nested_output","type":"object"},"state_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"nested_state","type":"object"},"config_schema":{},"context_schema":null},"subgraphs":{"inner":{"input_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"LangGraphInput","type":"object"},"output_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"LangGraphOutput","type":"object"},"state_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"LangGraphState","type":"object"},"config_schema":{},"context_schema":null}},"info":{"keys":["log","hold","trail"],"output":["log","hold","trail"],"own":false,"order":["__start__","a","inner","e"],"defaults":{"trail":[]},"derived":[],"subs":{"inner":{"keys":["log","hold","trail"],"output":["log","hold","trail"],"own":false,"order":["__start__","b","c","d"],"defaults":{"trail":[]},"derived":[],"subs":{}}}}}	\N	1	2026-11-25 14:49:03.353292+00
default	jupyter	fan	4726fe296ea4364f85e9fa32451bfdf4	{"graph":{"0":{"nodes":[{"id":"__start__","type":"runnable","data":{"name":"__start__"}},{"id":"a","type":"runnable","data":{"name":"a"}},{"id":"branch","type":"runnable","data":{"name":"branch"}},{"id":"e","type":"runnable","data":{"name":"e"}},{"id":"__end__"}],"edges":[{"source":"__start__","target":"a"},{"source":"a","target":"branch","conditional":true},{"source":"branch","target":"e"},{"source":"e","target":"__end__"}]}},"schemas":{"input_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"fan_input","type":"object"},"output_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"}},"title":"fan_output","type":"object"},"state_schema":{"properties":{"log":{"default":null,"title":"Log","type":"string"},"hold":{"default":null,"title":"Hold","type":"string"},"trail":{"default":null,"items":{"type":"string"},"title":"Trail","type":"array"},"name":{"default":null,"title":"Name","type":"string"}},"title":"fan_state","type":"object"},"config_schema":{},"context_schema":null},"subgraphs":{},"info":{"keys":["log","hold","trail","name"],"output":["log","hold","trail"],"own":false,"order":["__start__","a","branch","e"],"defaults":{"trail":[]},"derived":[],"subs":{}}}	\N	1	2026-11-25 14:49:03.440497+00
\.


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.idempotency_keys (tenant_id, owner, scope, key, body_hash, run_id, created_at) FROM stdin;
\.


--
-- Data for Name: interrupts; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.interrupts (interrupt_id, run_id, thread_id, task_id, node, ns, value, status, tenant_id, owner, created_at, resolved_at) FROM stdin;
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.outbox (id, subject, aggregate_type, payload, tenant_id, owner, created_at, attempts, last_error, next_retry_at) FROM stdin;
\.


--
-- Data for Name: outbox_dead; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.outbox_dead (id, subject, aggregate_type, payload, tenant_id, owner, created_at, attempts, last_error, next_retry_at, dead_at) FROM stdin;
\.


--
-- Data for Name: runs; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.runs (run_id, thread_id, assistant_id, assistant_version, graph_id, tenant_id, owner, status, multitask_strategy, metadata, kwargs, error, lease_epoch, attempt, attempt_id, worker_id, checkpoint_id, ephemeral, ready_at, created_at, updated_at, started_at, ended_at, deleted_at) FROM stdin;
01a2132e-8035-7cb4-9a85-a59b114977a9	01a2132e-7fea-7afc-8e3c-01977682d693	fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	1	async	default	jupyter	success	enqueue	{"graph_id": "async", "created_by": "system", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}	{"input":{"log":"recorded-others","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}	\N	1	1	bde40a88-b447-473d-98cc-b3493948dcc7	1f61bd18-f86f-48f7-ab36-879c5cd13455	1f1e8df5-c1ac-665e-8005-0d9ef7c258d3	f	2026-11-25 14:49:04.344332+00	2026-11-25 14:49:04.344332+00	2026-11-25 14:49:04.581331+00	2026-11-25 14:49:04.370322+00	2026-11-25 14:49:04.581331+00	\N
01a2132e-81bf-7657-8874-5a029b96501c	01a2132e-8181-7fa3-a9e9-386f60078215	29865d80-008c-5bca-ab5b-e77a86bf5231	1	sync	default	jupyter	success	enqueue	{"graph_id": "sync", "created_by": "system", "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231"}	{"input":{"log":"recorded-others","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}	\N	1	1	caddb0cf-87d7-4896-a5fe-ef9b89271545	1f61bd18-f86f-48f7-ab36-879c5cd13455	1f1e8df5-c638-6cc4-8005-d336733d8da1	f	2026-11-25 14:49:04.753703+00	2026-11-25 14:49:04.753703+00	2026-11-25 14:49:05.058349+00	2026-11-25 14:49:04.957438+00	2026-11-25 14:49:05.058349+00	\N
01a2132e-83c9-78c1-8f81-93e1b7d432e7	01a2132e-8387-7d41-9816-b079fc45599c	0813419b-f0e6-579e-bdee-18d9fdf48632	1	nested	default	jupyter	success	enqueue	{"graph_id": "nested", "created_by": "system", "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632"}	{"input":{"log":"recorded-others","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}	\N	1	1	b2c5c382-58f3-43c0-9fdf-69264b89421f	1f61bd18-f86f-48f7-ab36-879c5cd13455	1f1e8df5-ca6a-6868-8003-9aeceb176e07	f	2026-11-25 14:49:05.268648+00	2026-11-25 14:49:05.268648+00	2026-11-25 14:49:05.497907+00	2026-11-25 14:49:05.289637+00	2026-11-25 14:49:05.497907+00	\N
01a2132e-8544-7ef2-a520-15194f9bf90f	01a2132e-8526-75dd-b88c-4a4ee3830615	aa4e9bda-57e9-5c95-89d7-7daad14f5fd9	1	fan	default	jupyter	success	enqueue	{"graph_id": "fan", "created_by": "system", "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9"}	{"input":{"log":"recorded-others","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}	\N	1	1	fbcc9efd-2777-4e59-9a04-4eb71ce3a594	1f61bd18-f86f-48f7-ab36-879c5cd13455	1f1e8df5-ccd4-6044-8003-1e36acba0e06	f	2026-11-25 14:49:05.62027+00	2026-11-25 14:49:05.62027+00	2026-11-25 14:49:05.763871+00	2026-11-25 14:49:05.649462+00	2026-11-25 14:49:05.763871+00	\N
01a2132e-869d-794c-a080-d1488c87457a	01a2132e-8664-7681-a107-3806f9e974cb	fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	1	async	default	jupyter	running	enqueue	{"graph_id": "async", "created_by": "system", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}	{"input":{"log":"recorded-effects","hold":"c","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}	\N	1	1	e7d5eb5c-639b-471d-ba12-d6056251ed3e	1f61bd18-f86f-48f7-ab36-879c5cd13455	\N	f	2026-11-25 14:49:05.979679+00	2026-11-25 14:49:05.979679+00	2026-11-25 14:49:06.022781+00	2026-11-25 14:49:06.022781+00	\N	\N
01a2132e-870b-78ed-b6bb-7f6196417779	01a2132e-8664-7681-a107-3806f9e974cb	fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	1	async	default	jupyter	pending	enqueue	{"graph_id": "async", "created_by": "system", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}	{"input":{"log":"recorded-effects","hold":"","trail":[]},"command":null,"config":{"configurable":{}},"context":{},"checkpoint":null,"stream_mode":["values"],"interrupt_before":null,"interrupt_after":null,"webhook":null,"feedback_keys":null,"temporary":false,"subgraphs":false,"resumable":false,"streaming":false,"checkpoint_during":true,"durability":"sync"}	\N	0	0	\N	\N	\N	f	\N	2026-11-25 14:49:06.059967+00	2026-11-25 14:49:06.059967+00	\N	\N	\N
\.


--
-- Data for Name: snapshots; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.snapshots (stream_id, version, state, tenant_id, owner, created_at) FROM stdin;
\.


--
-- Data for Name: threads; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.threads (thread_id, tenant_id, owner, status, metadata, config, error, graph_id, assistant_id, active_run_id, queued, checkpoint_id, ephemeral, version, created_at, updated_at, state_updated_at, deleted_at, purged_at) FROM stdin;
01a2132e-7fea-7afc-8e3c-01977682d693	default	jupyter	idle	{"graph_id": "async", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}	{"configurable": {}}	\N	async	fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	\N	0	1f1e8df5-c1ac-665e-8005-0d9ef7c258d3	f	1	2026-11-25 14:49:04.266528+00	2026-11-25 14:49:04.581331+00	2026-11-25 14:49:04.581331+00	\N	\N
01a2132e-8181-7fa3-a9e9-386f60078215	default	jupyter	idle	{"graph_id": "sync", "assistant_id": "29865d80-008c-5bca-ab5b-e77a86bf5231"}	{"configurable": {}}	\N	sync	29865d80-008c-5bca-ab5b-e77a86bf5231	\N	0	1f1e8df5-c638-6cc4-8005-d336733d8da1	f	1	2026-11-25 14:49:04.658364+00	2026-11-25 14:49:05.058349+00	2026-11-25 14:49:05.058349+00	\N	\N
01a2132e-8387-7d41-9816-b079fc45599c	default	jupyter	idle	{"graph_id": "nested", "assistant_id": "0813419b-f0e6-579e-bdee-18d9fdf48632"}	{"configurable": {}}	\N	nested	0813419b-f0e6-579e-bdee-18d9fdf48632	\N	0	1f1e8df5-ca6a-6868-8003-9aeceb176e07	f	1	2026-11-25 14:49:05.185023+00	2026-11-25 14:49:05.497907+00	2026-11-25 14:49:05.497907+00	\N	\N
01a2132e-8526-75dd-b88c-4a4ee3830615	default	jupyter	idle	{"graph_id": "fan", "assistant_id": "aa4e9bda-57e9-5c95-89d7-7daad14f5fd9"}	{"configurable": {}}	\N	fan	aa4e9bda-57e9-5c95-89d7-7daad14f5fd9	\N	0	1f1e8df5-ccd4-6044-8003-1e36acba0e06	f	1	2026-11-25 14:49:05.574699+00	2026-11-25 14:49:05.763871+00	2026-11-25 14:49:05.763871+00	\N	\N
01a2132e-8664-7681-a107-3806f9e974cb	default	jupyter	busy	{"graph_id": "async", "assistant_id": "fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e"}	{"configurable": {}}	\N	async	fa4c720a-6b3e-5392-8891-2e5d8f1f6d8e	01a2132e-869d-794c-a080-d1488c87457a	1	\N	f	1	2026-11-25 14:49:05.920308+00	2026-11-25 14:49:06.059967+00	2026-11-25 14:49:05.920308+00	\N	\N
\.


--
-- Data for Name: workers; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.workers (worker_id, tenant_id, owner, name, host, pid, keeper_pid, kernel_id, graphs, slots, status, lease_until, started_at, heartbeat_at) FROM stdin;
1f61bd18-f86f-48f7-ab36-879c5cd13455	default	jupyter	worker-1	host	11111	11187	72d3ae9f-a221-46fa-82c2-6c333493c932	{async,fan,nested,sync}	16	alive	2026-11-25 14:49:09.01666+00	2026-11-25 14:49:03.51892+00	2026-11-25 14:49:07.01666+00
\.


--
-- Data for Name: write_json; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.write_json (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, value) FROM stdin;
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	50844ad4-b1cf-e251-e760-4a965444af76	~__pregel_pull, __start__	0	log	"recorded-others"
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	50844ad4-b1cf-e251-e760-4a965444af76	~__pregel_pull, __start__	1	hold	""
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c01c-6016-bfff-f0ee6f369843	50844ad4-b1cf-e251-e760-4a965444af76	~__pregel_pull, __start__	2	trail	[]
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c031-6c40-8000-95d0ffaabaaa	c9dfa669-4d41-eaac-a045-8b4833de5af4	~__pregel_pull, a	0	trail	["a"]
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c038-6379-8001-fd11f19d8e4b	d097627e-cef8-1fc7-0e81-b727ef4fa2c7	~__pregel_pull, b	0	trail	["b"]
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c11c-6f1c-8002-8c883e04ac84	1f8b7cbf-0db8-7008-a947-2bd656435ef3	~__pregel_pull, c	0	trail	["c"]
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c14f-6362-8003-a4169ad93c8f	67ec4644-1d24-e32e-c977-c41dad96f926	~__pregel_pull, d	0	trail	["d"]
01a2132e-7fea-7afc-8e3c-01977682d693		1f1e8df5-c178-61c7-8004-71eb14f84962	041c4545-8d6e-01ed-7ad6-ff6e85c08642	~__pregel_pull, e	0	trail	["e"]
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	cfe38171-a2e5-e427-ac97-1c3df48c0723	~__pregel_pull, __start__	0	log	"recorded-others"
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	cfe38171-a2e5-e427-ac97-1c3df48c0723	~__pregel_pull, __start__	1	hold	""
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c588-63fa-bfff-bb03d02d5c7d	cfe38171-a2e5-e427-ac97-1c3df48c0723	~__pregel_pull, __start__	2	trail	[]
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c58b-6278-8000-0a8b3b187360	2fd8b5a1-df58-7ccf-ee30-c1e933ec308a	~__pregel_pull, a	0	trail	["a"]
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5a1-6a0b-8001-2cdd566bdc22	489a3d69-66b6-0e37-42c6-5804357be732	~__pregel_pull, b	0	trail	["b"]
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5d3-6e70-8002-32e1fd0adbe5	e53666ad-e1e8-4d71-c578-f9bba52ec881	~__pregel_pull, c	0	trail	["c"]
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c5fe-63e6-8003-f4193473c140	95da2e88-2470-d98f-a57e-793ab1e19155	~__pregel_pull, d	0	trail	["d"]
01a2132e-8181-7fa3-a9e9-386f60078215		1f1e8df5-c61e-6583-8004-6586e73c35c4	f9db0867-ca2f-11cd-fe13-977703d03456	~__pregel_pull, e	0	trail	["e"]
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	61aaecae-8943-2714-d9fd-99326f6767d3	~__pregel_pull, __start__	0	log	"recorded-others"
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	61aaecae-8943-2714-d9fd-99326f6767d3	~__pregel_pull, __start__	1	hold	""
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b1-6049-bfff-13f1de71d256	61aaecae-8943-2714-d9fd-99326f6767d3	~__pregel_pull, __start__	2	trail	[]
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b4-6562-8000-0a99583ed5f7	1ba4364a-5ea2-ad58-38e0-aa8a582ee496	~__pregel_pull, a	0	trail	["a"]
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	172ded89-298d-4f89-2392-aae0860c5510	~__pregel_pull, __start__	0	log	"recorded-others"
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	172ded89-298d-4f89-2392-aae0860c5510	~__pregel_pull, __start__	1	hold	""
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c944-6f3c-bfff-bbe138ac46b6	172ded89-298d-4f89-2392-aae0860c5510	~__pregel_pull, __start__	2	trail	[]
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c947-65ff-8000-474cddd90c97	0268af23-e715-eb35-8e0e-7cfb96aad712	~__pregel_pull, b	0	trail	["b"]
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c965-6d36-8001-bb59408cd08b	06f6bd13-7313-c6de-b70e-8c047d1f9b3b	~__pregel_pull, c	0	trail	["c"]
01a2132e-8387-7d41-9816-b079fc45599c	inner:40e8b184-4f00-23f4-7eae-cf59cde328e0	1f1e8df5-c9ac-6a43-8002-c2f89a4650eb	ca6e3428-b845-72a6-dc4a-198e490ff007	~__pregel_pull, d	0	trail	["d"]
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-c8b8-6412-8001-2b6b20522602	40e8b184-4f00-23f4-7eae-cf59cde328e0	~__pregel_pull, inner	0	trail	["b","c","d"]
01a2132e-8387-7d41-9816-b079fc45599c		1f1e8df5-ca1f-6bd8-8002-bc3da56b4d9c	b298b3bd-e9e4-1258-673e-1d3398791f77	~__pregel_pull, e	0	trail	["e"]
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	ffe446df-2cb7-40f4-e5d5-0b67a0f59369	~__pregel_pull, __start__	0	log	"recorded-others"
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	ffe446df-2cb7-40f4-e5d5-0b67a0f59369	~__pregel_pull, __start__	1	hold	""
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc30-6571-bfff-b18f584edf26	ffe446df-2cb7-40f4-e5d5-0b67a0f59369	~__pregel_pull, __start__	2	trail	[]
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc32-6791-8000-20eb9a4934b8	446816af-c97f-7748-a034-fb1128356026	~__pregel_pull, a	0	trail	["a"]
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	d6d23450-156a-b270-e2f8-39db067368c0	~__pregel_push, 0000000000, 0000000000	0	trail	["b"]
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	c737bc9f-e5a1-1365-6f1f-7c29a8831aa8	~__pregel_push, 0000000001, 0000000000	0	trail	["c"]
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc52-6dbd-8001-9fda68c92ccb	fbb48286-3426-a0f2-bf5b-87c4a0fe3dfa	~__pregel_push, 0000000002, 0000000000	0	trail	["d"]
01a2132e-8526-75dd-b88c-4a4ee3830615		1f1e8df5-cc7f-664a-8002-81ca5741ed72	ec8b4ae2-0d00-3097-2502-734a3deca05b	~__pregel_pull, e	0	trail	["e"]
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	44129356-b211-0da9-82b0-2e90eda2d0d0	~__pregel_pull, __start__	0	log	"recorded-effects"
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	44129356-b211-0da9-82b0-2e90eda2d0d0	~__pregel_pull, __start__	1	hold	"c"
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfd1-6deb-bfff-5d63b0dcb61c	44129356-b211-0da9-82b0-2e90eda2d0d0	~__pregel_pull, __start__	2	trail	[]
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfde-6cb0-8000-3bf9849799c0	dbe12484-e14a-b6f5-accd-11d20df07fb3	~__pregel_pull, a	0	trail	["a"]
01a2132e-8664-7681-a107-3806f9e974cb		1f1e8df5-cfe3-673b-8001-07c462e1c4a6	f47ea500-5749-94d8-71e9-960b2b6a919d	~__pregel_pull, b	0	trail	["b"]
\.


--
-- Name: events_global_seq_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.events_global_seq_seq', 75, true);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: assistant_versions assistant_versions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assistant_versions
    ADD CONSTRAINT assistant_versions_pkey PRIMARY KEY (assistant_id, version);


--
-- Name: assistants assistants_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assistants
    ADD CONSTRAINT assistants_pkey PRIMARY KEY (assistant_id);


--
-- Name: blob_json blob_json_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.blob_json
    ADD CONSTRAINT blob_json_pkey PRIMARY KEY (thread_id, checkpoint_ns, channel, version);


--
-- Name: checkpoint_blobs checkpoint_blobs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkpoint_blobs
    ADD CONSTRAINT checkpoint_blobs_pkey PRIMARY KEY (thread_id, checkpoint_ns, channel, version);


--
-- Name: checkpoint_json checkpoint_json_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkpoint_json
    ADD CONSTRAINT checkpoint_json_pkey PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id);


--
-- Name: checkpoint_migrations checkpoint_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkpoint_migrations
    ADD CONSTRAINT checkpoint_migrations_pkey PRIMARY KEY (v);


--
-- Name: checkpoint_writes checkpoint_writes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkpoint_writes
    ADD CONSTRAINT checkpoint_writes_pkey PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx);


--
-- Name: checkpoints checkpoints_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id);


--
-- Name: event_streams event_streams_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_streams
    ADD CONSTRAINT event_streams_pkey PRIMARY KEY (stream_id);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (global_seq);


--
-- Name: events events_stream_id_version_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_stream_id_version_key UNIQUE (stream_id, version);


--
-- Name: execution_history execution_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.execution_history
    ADD CONSTRAINT execution_history_pkey PRIMARY KEY (run_id, task_id, attempt);


--
-- Name: frames frames_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.frames
    ADD CONSTRAINT frames_pkey PRIMARY KEY (run_id, epoch, first);


--
-- Name: graphs graphs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.graphs
    ADD CONSTRAINT graphs_pkey PRIMARY KEY (tenant_id, graph_id);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, owner, scope, key);


--
-- Name: interrupts interrupts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interrupts
    ADD CONSTRAINT interrupts_pkey PRIMARY KEY (thread_id, interrupt_id, run_id);


--
-- Name: outbox_dead outbox_dead_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox_dead
    ADD CONSTRAINT outbox_dead_pkey PRIMARY KEY (id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: runs runs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (run_id);


--
-- Name: snapshots snapshots_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.snapshots
    ADD CONSTRAINT snapshots_pkey PRIMARY KEY (stream_id, version);


--
-- Name: threads threads_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_pkey PRIMARY KEY (thread_id);


--
-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (worker_id);


--
-- Name: write_json write_json_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.write_json
    ADD CONSTRAINT write_json_pkey PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx);


--
-- Name: assistants_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX assistants_listing ON public.assistants USING btree (tenant_id, created_at DESC) WHERE (deleted_at IS NULL);


--
-- Name: assistants_metadata; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX assistants_metadata ON public.assistants USING gin (metadata jsonb_path_ops) WHERE (deleted_at IS NULL);


--
-- Name: checkpoint_blobs_thread_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX checkpoint_blobs_thread_id_idx ON public.checkpoint_blobs USING btree (thread_id);


--
-- Name: checkpoint_writes_thread_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX checkpoint_writes_thread_id_idx ON public.checkpoint_writes USING btree (thread_id);


--
-- Name: checkpoints_thread_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX checkpoints_thread_id_idx ON public.checkpoints USING btree (thread_id);


--
-- Name: event_streams_long; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX event_streams_long ON public.event_streams USING btree (version) WHERE ((stream_type = 'run'::text) AND (version >= 100));


--
-- Name: events_one_terminal; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX events_one_terminal ON public.events USING btree (stream_id) WHERE (type = ANY (ARRAY['run.completed'::text, 'run.failed'::text, 'run.interrupted'::text, 'run.timed_out'::text, 'run.cancelled'::text]));


--
-- Name: interrupts_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX interrupts_open ON public.interrupts USING btree (tenant_id, owner, created_at DESC) WHERE (status = 'open'::text);


--
-- Name: outbox_age; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_age ON public.outbox USING btree (created_at, id);


--
-- Name: runs_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_listing ON public.runs USING btree (tenant_id, owner, created_at DESC, run_id DESC) WHERE (deleted_at IS NULL);


--
-- Name: runs_of_thread; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_of_thread ON public.runs USING btree (thread_id, created_at DESC) WHERE (deleted_at IS NULL);


--
-- Name: runs_one_running; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX runs_one_running ON public.runs USING btree (thread_id) WHERE (status = 'running'::text);


--
-- Name: runs_running; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_running ON public.runs USING btree (worker_id) WHERE (status = 'running'::text);


--
-- Name: runs_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_waiting ON public.runs USING btree (ready_at) WHERE (status = 'pending'::text);


--
-- Name: threads_listing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX threads_listing ON public.threads USING btree (tenant_id, owner, created_at DESC) WHERE ((deleted_at IS NULL) AND (NOT ephemeral));


--
-- Name: threads_metadata; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX threads_metadata ON public.threads USING gin (metadata jsonb_path_ops) WHERE ((deleted_at IS NULL) AND (NOT ephemeral));


--
-- Name: threads_unpromoted; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX threads_unpromoted ON public.threads USING btree (thread_id) WHERE ((active_run_id IS NULL) AND (queued > 0));


--
-- Name: threads_unpurged; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX threads_unpurged ON public.threads USING btree (deleted_at) WHERE ((deleted_at IS NOT NULL) AND (purged_at IS NULL));


--
-- Name: workers_current; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workers_current ON public.workers USING btree (status) WHERE (status = ANY (ARRAY['alive'::text, 'draining'::text]));


--
-- Name: events events_append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION public.refuse_event_change();


--
-- Name: events events_no_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_event_change();


--
-- Name: assistant_versions assistant_versions_assistant_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assistant_versions
    ADD CONSTRAINT assistant_versions_assistant_id_fkey FOREIGN KEY (assistant_id) REFERENCES public.assistants(assistant_id);


--
-- PostgreSQL database dump complete
--


