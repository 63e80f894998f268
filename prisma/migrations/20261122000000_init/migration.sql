-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "ai";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "auth";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "bus";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "config";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "ingestion";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "notification";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "processor";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "risk";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "trading";

-- CreateTable
CREATE TABLE "ai"."models" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "manifest" JSONB NOT NULL,
    "registered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "models_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ai"."daily_bars" (
    "instrument_id" TEXT NOT NULL,
    "open_time" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "open" DECIMAL(38,18) NOT NULL,
    "high" DECIMAL(38,18) NOT NULL,
    "low" DECIMAL(38,18) NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "daily_bars_pkey" PRIMARY KEY ("instrument_id","open_time")
);

-- CreateTable
CREATE TABLE "ai"."forecasts" (
    "id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "daily_volatility" DOUBLE PRECISION NOT NULL,
    "lower" DOUBLE PRECISION NOT NULL,
    "upper" DOUBLE PRECISION NOT NULL,
    "baseline_volatility" DOUBLE PRECISION NOT NULL,
    "strength" DOUBLE PRECISION NOT NULL,
    "features" DOUBLE PRECISION[],
    "synthetic" BOOLEAN NOT NULL,
    "point_in_time" BOOLEAN NOT NULL,
    "outcome_open_time" TIMESTAMPTZ(3),
    "outcome_volatility" DOUBLE PRECISION,

    CONSTRAINT "forecasts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ai"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."users" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."user_roles" (
    "user_id" TEXT NOT NULL,
    "role_id" TEXT NOT NULL,
    "assigned_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_roles_pkey" PRIMARY KEY ("user_id","role_id")
);

-- CreateTable
CREATE TABLE "auth"."sessions" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."refresh_tokens" (
    "hash" BYTEA NOT NULL,
    "session_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "auth"."api_keys" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."totp" (
    "user_id" TEXT NOT NULL,
    "sealed_secret" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "last_step" BIGINT NOT NULL DEFAULT -1,

    CONSTRAINT "totp_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "auth"."backup_codes" (
    "hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "backup_codes_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "auth"."mfa_challenges" (
    "hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "mfa_challenges_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "auth"."signing_keys" (
    "kid" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "sealed_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "signs_from" TIMESTAMPTZ(3) NOT NULL,
    "signs_until" TIMESTAMPTZ(3) NOT NULL,
    "verifies_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "auth"."audit_log" (
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" TEXT,
    "action" TEXT NOT NULL,
    "target" TEXT,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "auth"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bus"."topics" (
    "name" TEXT NOT NULL,
    "partitions" INTEGER NOT NULL,

    CONSTRAINT "topics_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "bus"."heads" (
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "next" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "heads_pkey" PRIMARY KEY ("topic","partition")
);

-- CreateTable
CREATE TABLE "bus"."events" (
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "published_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "events_pkey" PRIMARY KEY ("topic","partition","offset")
);

-- CreateTable
CREATE TABLE "bus"."group_offsets" (
    "group" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "next" BIGINT NOT NULL,

    CONSTRAINT "group_offsets_pkey" PRIMARY KEY ("group","topic","partition")
);

-- CreateTable
CREATE TABLE "config"."versions" (
    "sequence" BIGSERIAL NOT NULL,
    "scope" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "value" TEXT,
    "sealed" BYTEA,
    "rolled_back_to" INTEGER,
    "updated_by" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "versions_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "config"."entries" (
    "scope" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "entries_pkey" PRIMARY KEY ("scope","scope_id","key")
);

-- CreateTable
CREATE TABLE "config"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ingestion"."venues" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "calendar" TEXT NOT NULL,
    "synthetic" BOOLEAN NOT NULL,

    CONSTRAINT "venues_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ingestion"."instruments" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "venue_id" TEXT NOT NULL,
    "name" TEXT,
    "asset_class" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "tick_size" DECIMAL(38,18) NOT NULL,
    "lot_size" DECIMAL(38,18) NOT NULL,
    "cash_scale" INTEGER NOT NULL,
    "min_notional" DECIMAL(38,18),
    "tradable" BOOLEAN NOT NULL,
    "isin" TEXT,
    "figi" TEXT,
    "cik" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instruments_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "ingestion"."bars" (
    "instrument_number" INTEGER NOT NULL,
    "interval" TEXT NOT NULL,
    "open_time" TIMESTAMPTZ(3) NOT NULL,
    "open" DECIMAL(38,18) NOT NULL,
    "high" DECIMAL(38,18) NOT NULL,
    "low" DECIMAL(38,18) NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "volume" DECIMAL(38,18),

    CONSTRAINT "bars_pkey" PRIMARY KEY ("instrument_number","interval","open_time")
);

-- CreateTable
CREATE TABLE "ingestion"."data_sources" (
    "id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,

    CONSTRAINT "data_sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ingestion"."news" (
    "id" TEXT NOT NULL,
    "headline" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "synthetic" BOOLEAN NOT NULL,
    "imported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "news_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ingestion"."news_instruments" (
    "instrument_number" INTEGER NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "news_id" TEXT NOT NULL,

    CONSTRAINT "news_instruments_pkey" PRIMARY KEY ("instrument_number","published_at","news_id")
);

-- CreateTable
CREATE TABLE "ingestion"."corporate_actions" (
    "id" TEXT NOT NULL,
    "instrument_number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "ex_date" DATE NOT NULL,
    "new_shares" INTEGER,
    "old_shares" INTEGER,
    "amount" DECIMAL(38,18),
    "currency" TEXT,
    "imported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "corporate_actions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ingestion"."symbol_aliases" (
    "source" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "instrument_number" INTEGER NOT NULL,

    CONSTRAINT "symbol_aliases_pkey" PRIMARY KEY ("source","symbol")
);

-- CreateTable
CREATE TABLE "ingestion"."fx_rates" (
    "currency" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "per_euro" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "fx_rates_pkey" PRIMARY KEY ("currency","day")
);

-- CreateTable
CREATE TABLE "ingestion"."filings" (
    "cik" TEXT NOT NULL,
    "accession" TEXT NOT NULL,
    "form" TEXT NOT NULL,
    "filed" DATE NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "report_date" DATE,
    "primary_document" TEXT,
    "description" TEXT,

    CONSTRAINT "filings_pkey" PRIMARY KEY ("cik","accession")
);

-- CreateTable
CREATE TABLE "ingestion"."facts" (
    "id" BIGSERIAL NOT NULL,
    "cik" TEXT NOT NULL,
    "taxonomy" TEXT NOT NULL,
    "concept" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "period_start" DATE,
    "period_end" DATE NOT NULL,
    "value" DECIMAL(38,10) NOT NULL,
    "accession" TEXT NOT NULL,
    "fiscal_year" INTEGER,
    "fiscal_period" TEXT,
    "form" TEXT NOT NULL,
    "filed" DATE NOT NULL,

    CONSTRAINT "facts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ingestion"."fetch_states" (
    "url" TEXT NOT NULL,
    "etag" TEXT,
    "last_modified" TEXT,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "fetch_states_pkey" PRIMARY KEY ("url")
);

-- CreateTable
CREATE TABLE "ingestion"."imports" (
    "id" UUID NOT NULL,
    "format" TEXT NOT NULL,
    "uri" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "sha256" TEXT,
    "total_bytes" BIGINT NOT NULL,
    "read_bytes" BIGINT NOT NULL DEFAULT 0,
    "total_rows" BIGINT NOT NULL DEFAULT 0,
    "imported_rows" BIGINT NOT NULL DEFAULT 0,
    "duplicate_rows" BIGINT NOT NULL DEFAULT 0,
    "rejected_rows" BIGINT NOT NULL DEFAULT 0,
    "skipped_rows" BIGINT NOT NULL DEFAULT 0,
    "ticks" BIGINT NOT NULL DEFAULT 0,
    "rejects" JSONB NOT NULL DEFAULT '[]',
    "error" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ingestion"."import_marks" (
    "sha256" TEXT NOT NULL,
    "instrument_number" INTEGER NOT NULL,
    "last_row" BIGINT NOT NULL,

    CONSTRAINT "import_marks_pkey" PRIMARY KEY ("sha256","instrument_number")
);

-- CreateTable
CREATE TABLE "ingestion"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification"."instruments" (
    "number" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "tick_size" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "instruments_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "notification"."rules" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "instrument_number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "direction" TEXT,
    "level_ticks" INTEGER,
    "basis_points" INTEGER,
    "window_seconds" INTEGER,
    "cooldown_seconds" INTEGER NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "start_sequence" BIGINT NOT NULL,
    "beyond" BOOLEAN,
    "anchor_ticks" INTEGER,
    "anchor_ns" BIGINT,
    "last_fired_ns" BIGINT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification"."inboxes" (
    "user_id" TEXT NOT NULL,
    "last_number" BIGINT NOT NULL,

    CONSTRAINT "inboxes_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notification"."notifications" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "number" BIGINT NOT NULL,
    "source_key" TEXT NOT NULL,
    "rule_id" UUID,
    "instrument_id" TEXT,
    "severity" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "at_ns" BIGINT NOT NULL,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification"."checkpoints" (
    "stream" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "rules_version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "notification"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "processor"."candles" (
    "instrument_id" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "open_time" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "open" DECIMAL(38,18) NOT NULL,
    "high" DECIMAL(38,18) NOT NULL,
    "low" DECIMAL(38,18) NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "volume" DECIMAL(38,18),
    "turnover" DECIMAL(65,30),
    "trades" INTEGER,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "derived" BOOLEAN NOT NULL DEFAULT false,
    "first_time_ns" BIGINT NOT NULL,
    "first_sequence" BIGINT NOT NULL,
    "last_time_ns" BIGINT NOT NULL,
    "last_sequence" BIGINT NOT NULL,
    "touched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "candles_pkey" PRIMARY KEY ("instrument_id","interval","open_time","source")
);

-- CreateTable
CREATE TABLE "processor"."instruments" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "currency" TEXT,
    "calendar" TEXT,

    CONSTRAINT "instruments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "processor"."engine_instruments" (
    "number" INTEGER NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "tick_size" DECIMAL(38,18) NOT NULL,
    "lot_size" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "engine_instruments_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "processor"."checkpoints" (
    "stream" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "watermark_ns" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "processor"."watchlists" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "watchlists_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "processor"."watchlist_items" (
    "watchlist_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "instrument_id" TEXT NOT NULL,

    CONSTRAINT "watchlist_items_pkey" PRIMARY KEY ("watchlist_id","instrument_id")
);

-- CreateTable
CREATE TABLE "processor"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "processor"."trades" (
    "instrument_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "time_ns" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "price_units" BIGINT NOT NULL,
    "price_scale" SMALLINT NOT NULL,
    "quantity_units" BIGINT NOT NULL,
    "quantity_scale" SMALLINT NOT NULL,
    "side" SMALLINT NOT NULL,

    CONSTRAINT "trades_pkey" PRIMARY KEY ("instrument_id","time_ns","sequence","origin")
);

-- CreateTable
CREATE TABLE "processor"."partitions" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "month" DATE NOT NULL,
    "file" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "partitions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "processor"."partition_series" (
    "instrument_id" TEXT NOT NULL,
    "series" TEXT NOT NULL,
    "partition_id" BIGINT NOT NULL,
    "min_time_ms" BIGINT NOT NULL,
    "max_time_ms" BIGINT NOT NULL,

    CONSTRAINT "partition_series_pkey" PRIMARY KEY ("instrument_id","series","partition_id")
);

-- CreateTable
CREATE TABLE "processor"."tick_sources" (
    "instrument_id" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "last_row" BIGINT NOT NULL,
    "watermark_ns" BIGINT NOT NULL,

    CONSTRAINT "tick_sources_pkey" PRIMARY KEY ("instrument_id","origin")
);

-- CreateTable
CREATE TABLE "processor"."corporate_actions" (
    "id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "ex_date" DATE NOT NULL,
    "new_shares" INTEGER,
    "old_shares" INTEGER,
    "amount" DECIMAL(38,18),
    "currency" TEXT,

    CONSTRAINT "corporate_actions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "risk"."accounts" (
    "number" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "base_currency" TEXT NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "risk"."instruments" (
    "number" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "tick_size" DECIMAL(38,18) NOT NULL,
    "lot_size" DECIMAL(38,18) NOT NULL,
    "currency" TEXT NOT NULL,
    "cash_scale" INTEGER NOT NULL,

    CONSTRAINT "instruments_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "risk"."limit_versions" (
    "account_number" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "terms" JSONB NOT NULL,
    "ceiling" JSONB,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "limit_versions_pkey" PRIMARY KEY ("account_number","version")
);

-- CreateTable
CREATE TABLE "risk"."trading_states" (
    "account_number" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "floor" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "trading_states_pkey" PRIMARY KEY ("account_number","version")
);

-- CreateTable
CREATE TABLE "risk"."order_checks" (
    "order_id" BIGINT NOT NULL,
    "account_number" INTEGER NOT NULL,
    "instrument_number" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "code" TEXT,
    "limit" BIGINT,
    "observed" BIGINT,

    CONSTRAINT "order_checks_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "risk"."daily_closes" (
    "instrument_id" TEXT NOT NULL,
    "open_time" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "daily_closes_pkey" PRIMARY KEY ("instrument_id","open_time")
);

-- CreateTable
CREATE TABLE "risk"."alerts" (
    "id" BIGSERIAL NOT NULL,
    "account_number" INTEGER NOT NULL,
    "level" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "observed" DECIMAL(38,18),
    "limit" DECIMAL(38,18),
    "order_id" BIGINT,
    "instrument_number" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "announced" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "risk"."alert_states" (
    "account_number" INTEGER NOT NULL,
    "metric" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "alerted_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_states_pkey" PRIMARY KEY ("account_number","metric")
);

-- CreateTable
CREATE TABLE "risk"."checkpoints" (
    "stream" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "command_sequence" BIGINT NOT NULL,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "risk"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trading"."accounts" (
    "number" SERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "base_currency" TEXT NOT NULL,
    "initial_cash" DECIMAL(38,18) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'OPENING',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "announced_at" TIMESTAMPTZ(3),

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "trading"."instruments" (
    "number" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "tick_size" DECIMAL(38,18) NOT NULL,
    "lot_size" DECIMAL(38,18) NOT NULL,
    "currency" TEXT NOT NULL,
    "cash_scale" INTEGER NOT NULL,

    CONSTRAINT "instruments_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "trading"."orders" (
    "id" BIGINT NOT NULL,
    "account_number" INTEGER NOT NULL,
    "client_order_id" TEXT NOT NULL,
    "instrument_number" INTEGER NOT NULL,
    "side" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "tif" TEXT NOT NULL,
    "limit_price_ticks" INTEGER,
    "quantity_lots" INTEGER NOT NULL,
    "trigger_ticks" INTEGER,
    "display_lots" INTEGER,
    "expire_micros" BIGINT,
    "post_only" BOOLEAN NOT NULL,
    "self_trade_prevention" TEXT NOT NULL,
    "filled_lots" INTEGER NOT NULL,
    "filled_value" DECIMAL(38,0) NOT NULL,
    "status" TEXT NOT NULL,
    "deny_code" TEXT,
    "deny_limit" BIGINT,
    "deny_observed" BIGINT,
    "cancel_reason" TEXT,
    "created_at_ns" BIGINT NOT NULL,
    "updated_at_ns" BIGINT NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trading"."order_events" (
    "sequence" BIGINT NOT NULL,
    "leg" SMALLINT NOT NULL,
    "account_number" INTEGER NOT NULL,
    "order_id" BIGINT NOT NULL,
    "is_fill" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL,
    "limit_price_ticks" INTEGER,
    "quantity_lots" INTEGER NOT NULL,
    "trigger_ticks" INTEGER,
    "filled_lots" INTEGER NOT NULL,
    "filled_value" DECIMAL(38,0) NOT NULL,
    "cancel_reason" TEXT,
    "version" INTEGER NOT NULL,
    "at_ns" BIGINT NOT NULL,

    CONSTRAINT "order_events_pkey" PRIMARY KEY ("sequence","leg")
);

-- CreateTable
CREATE TABLE "trading"."fills" (
    "sequence" BIGINT NOT NULL,
    "leg" SMALLINT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "account_number" INTEGER NOT NULL,
    "instrument_number" INTEGER NOT NULL,
    "side" TEXT NOT NULL,
    "price_ticks" INTEGER NOT NULL,
    "quantity_lots" INTEGER NOT NULL,
    "fee_units" DECIMAL(38,0) NOT NULL,
    "at_ns" BIGINT NOT NULL,

    CONSTRAINT "fills_pkey" PRIMARY KEY ("sequence","leg")
);

-- CreateTable
CREATE TABLE "trading"."positions" (
    "account_number" INTEGER NOT NULL,
    "instrument_number" INTEGER NOT NULL,
    "quantity_lots" BIGINT NOT NULL,
    "cost" DECIMAL(38,0) NOT NULL,
    "realised" DECIMAL(38,0) NOT NULL,
    "fee_units" DECIMAL(38,0) NOT NULL,
    "sequence" BIGINT NOT NULL,
    "updated_at_ns" BIGINT NOT NULL,

    CONSTRAINT "positions_pkey" PRIMARY KEY ("account_number","instrument_number")
);

-- CreateTable
CREATE TABLE "trading"."cash" (
    "account_number" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "total_units" DECIMAL(38,0) NOT NULL,

    CONSTRAINT "cash_pkey" PRIMARY KEY ("account_number","currency")
);

-- CreateTable
CREATE TABLE "trading"."cash_flows" (
    "sequence" BIGINT NOT NULL,
    "account_number" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_units" DECIMAL(38,0) NOT NULL,
    "at_ns" BIGINT NOT NULL,

    CONSTRAINT "cash_flows_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "trading"."daily_closes" (
    "instrument_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "source" TEXT NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "daily_closes_pkey" PRIMARY KEY ("instrument_id","day")
);

-- CreateTable
CREATE TABLE "trading"."checkpoints" (
    "stream" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "trading"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "forecasts_instrument_id_model_id_as_of_idx" ON "ai"."forecasts"("instrument_id", "model_id", "as_of" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "auth"."users"("email");

-- CreateIndex
CREATE INDEX "user_roles_role_id_idx" ON "auth"."user_roles"("role_id");

-- CreateIndex
CREATE INDEX "sessions_user_id_last_seen_at_idx" ON "auth"."sessions"("user_id", "last_seen_at");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "auth"."sessions"("expires_at");

-- CreateIndex
CREATE INDEX "refresh_tokens_session_id_idx" ON "auth"."refresh_tokens"("session_id");

-- CreateIndex
CREATE INDEX "refresh_tokens_expires_at_idx" ON "auth"."refresh_tokens"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_prefix_key" ON "auth"."api_keys"("prefix");

-- CreateIndex
CREATE INDEX "api_keys_user_id_idx" ON "auth"."api_keys"("user_id");

-- CreateIndex
CREATE INDEX "backup_codes_user_id_idx" ON "auth"."backup_codes"("user_id");

-- CreateIndex
CREATE INDEX "mfa_challenges_user_id_created_at_idx" ON "auth"."mfa_challenges"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "mfa_challenges_expires_at_idx" ON "auth"."mfa_challenges"("expires_at");

-- CreateIndex
CREATE INDEX "audit_log_actor_id_sequence_idx" ON "auth"."audit_log"("actor_id", "sequence");

-- CreateIndex
CREATE INDEX "audit_log_action_sequence_idx" ON "auth"."audit_log"("action", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "versions_scope_scope_id_key_version_key" ON "config"."versions"("scope", "scope_id", "key", "version");

-- CreateIndex
CREATE UNIQUE INDEX "entries_sequence_key" ON "config"."entries"("sequence");

-- CreateIndex
CREATE UNIQUE INDEX "instruments_id_key" ON "ingestion"."instruments"("id");

-- CreateIndex
CREATE INDEX "instruments_isin_idx" ON "ingestion"."instruments"("isin");

-- CreateIndex
CREATE INDEX "instruments_figi_idx" ON "ingestion"."instruments"("figi");

-- CreateIndex
CREATE INDEX "instruments_cik_idx" ON "ingestion"."instruments"("cik");

-- CreateIndex
CREATE UNIQUE INDEX "instruments_symbol_venue_id_key" ON "ingestion"."instruments"("symbol", "venue_id");

-- CreateIndex
CREATE UNIQUE INDEX "news_url_key" ON "ingestion"."news"("url");

-- CreateIndex
CREATE INDEX "news_instruments_news_id_idx" ON "ingestion"."news_instruments"("news_id");

-- CreateIndex
CREATE UNIQUE INDEX "corporate_actions_instrument_number_ex_date_kind_key" ON "ingestion"."corporate_actions"("instrument_number", "ex_date", "kind");

-- CreateIndex
CREATE INDEX "symbol_aliases_instrument_number_idx" ON "ingestion"."symbol_aliases"("instrument_number");

-- CreateIndex
CREATE INDEX "filings_cik_filed_accession_idx" ON "ingestion"."filings"("cik", "filed", "accession");

-- CreateIndex
CREATE INDEX "imports_started_at_idx" ON "ingestion"."imports"("started_at");

-- CreateIndex
CREATE UNIQUE INDEX "instruments_id_key" ON "notification"."instruments"("id");

-- CreateIndex
CREATE INDEX "rules_instrument_number_idx" ON "notification"."rules"("instrument_number");

-- CreateIndex
CREATE UNIQUE INDEX "rules_user_id_name_key" ON "notification"."rules"("user_id", "name");

-- CreateIndex
CREATE INDEX "notifications_user_id_read_at_number_idx" ON "notification"."notifications"("user_id", "read_at", "number");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_user_id_number_key" ON "notification"."notifications"("user_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_user_id_source_key_key" ON "notification"."notifications"("user_id", "source_key");

-- CreateIndex
CREATE INDEX "candles_interval_open_time_idx" ON "processor"."candles"("interval", "open_time");

-- CreateIndex
CREATE UNIQUE INDEX "engine_instruments_instrument_id_key" ON "processor"."engine_instruments"("instrument_id");

-- CreateIndex
CREATE UNIQUE INDEX "watchlists_user_id_name_key" ON "processor"."watchlists"("user_id", "name");

-- CreateIndex
CREATE INDEX "trades_time_ns_idx" ON "processor"."trades"("time_ns");

-- CreateIndex
CREATE UNIQUE INDEX "partitions_file_key" ON "processor"."partitions"("file");

-- CreateIndex
CREATE INDEX "partitions_kind_month_idx" ON "processor"."partitions"("kind", "month");

-- CreateIndex
CREATE INDEX "partition_series_partition_id_idx" ON "processor"."partition_series"("partition_id");

-- CreateIndex
CREATE INDEX "corporate_actions_instrument_id_ex_date_idx" ON "processor"."corporate_actions"("instrument_id", "ex_date");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_id_key" ON "risk"."accounts"("id");

-- CreateIndex
CREATE UNIQUE INDEX "instruments_id_key" ON "risk"."instruments"("id");

-- CreateIndex
CREATE INDEX "alerts_account_number_id_idx" ON "risk"."alerts"("account_number", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "accounts_id_key" ON "trading"."accounts"("id");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_user_id_name_key" ON "trading"."accounts"("user_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "instruments_id_key" ON "trading"."instruments"("id");

-- CreateIndex
CREATE INDEX "orders_account_number_id_idx" ON "trading"."orders"("account_number", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "orders_account_number_client_order_id_key" ON "trading"."orders"("account_number", "client_order_id");

-- CreateIndex
CREATE INDEX "order_events_account_number_sequence_leg_idx" ON "trading"."order_events"("account_number", "sequence", "leg");

-- CreateIndex
CREATE INDEX "fills_account_number_sequence_leg_idx" ON "trading"."fills"("account_number", "sequence" DESC, "leg" DESC);

-- CreateIndex
CREATE INDEX "fills_account_number_instrument_number_sequence_leg_idx" ON "trading"."fills"("account_number", "instrument_number", "sequence", "leg");

-- CreateIndex
CREATE INDEX "fills_order_id_sequence_leg_idx" ON "trading"."fills"("order_id", "sequence", "leg");

-- CreateIndex
CREATE INDEX "positions_account_number_sequence_idx" ON "trading"."positions"("account_number", "sequence");

-- CreateIndex
CREATE INDEX "cash_flows_account_number_sequence_idx" ON "trading"."cash_flows"("account_number", "sequence");

-- AddForeignKey
ALTER TABLE "ai"."forecasts" ADD CONSTRAINT "forecasts_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "ai"."models"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."user_roles" ADD CONSTRAINT "user_roles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "auth"."sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."api_keys" ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."totp" ADD CONSTRAINT "totp_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."backup_codes" ADD CONSTRAINT "backup_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth"."mfa_challenges" ADD CONSTRAINT "mfa_challenges_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "config"."entries" ADD CONSTRAINT "entries_sequence_fkey" FOREIGN KEY ("sequence") REFERENCES "config"."versions"("sequence") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ingestion"."instruments" ADD CONSTRAINT "instruments_venue_id_fkey" FOREIGN KEY ("venue_id") REFERENCES "ingestion"."venues"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ingestion"."bars" ADD CONSTRAINT "bars_instrument_number_fkey" FOREIGN KEY ("instrument_number") REFERENCES "ingestion"."instruments"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ingestion"."news_instruments" ADD CONSTRAINT "news_instruments_instrument_number_fkey" FOREIGN KEY ("instrument_number") REFERENCES "ingestion"."instruments"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ingestion"."news_instruments" ADD CONSTRAINT "news_instruments_news_id_fkey" FOREIGN KEY ("news_id") REFERENCES "ingestion"."news"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ingestion"."corporate_actions" ADD CONSTRAINT "corporate_actions_instrument_number_fkey" FOREIGN KEY ("instrument_number") REFERENCES "ingestion"."instruments"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ingestion"."symbol_aliases" ADD CONSTRAINT "symbol_aliases_instrument_number_fkey" FOREIGN KEY ("instrument_number") REFERENCES "ingestion"."instruments"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification"."rules" ADD CONSTRAINT "rules_instrument_number_fkey" FOREIGN KEY ("instrument_number") REFERENCES "notification"."instruments"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "processor"."watchlist_items" ADD CONSTRAINT "watchlist_items_watchlist_id_fkey" FOREIGN KEY ("watchlist_id") REFERENCES "processor"."watchlists"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "processor"."partition_series" ADD CONSTRAINT "partition_series_partition_id_fkey" FOREIGN KEY ("partition_id") REFERENCES "processor"."partitions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express: the append function of the embedded event log.

-- Appends one batch, all or nothing; record i goes to partitions[i]. The rows of bus.heads stay locked until commit, so
-- offsets have no gaps and become visible in order; they are locked in order of partition, so publishers cannot deadlock.
CREATE FUNCTION bus.append(topic_name text, partitions int[], keys text[], record_values text[], record_headers text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  appended int;
BEGIN
  PERFORM FROM bus.heads WHERE topic = topic_name AND partition = ANY (partitions) ORDER BY partition FOR UPDATE;
  INSERT INTO bus.events (topic, partition, "offset", key, value, headers)
    SELECT topic_name, h.partition, h.next + row_number() OVER (PARTITION BY h.partition ORDER BY r.position) - 1, r.key, r.value, r.headers::jsonb
    FROM unnest(partitions, keys, record_values, record_headers) WITH ORDINALITY AS r(partition, key, value, headers, position)
    JOIN bus.heads h ON h.topic = topic_name AND h.partition = r.partition;
  GET DIAGNOSTICS appended = ROW_COUNT;
  IF appended <> cardinality(keys) THEN
    RAISE EXCEPTION 'topic % does not have all of the partitions', topic_name USING ERRCODE = 'no_data_found';
  END IF;
  UPDATE bus.heads h SET next = h.next + counted.records
    FROM (SELECT p AS partition, count(*) AS records FROM unnest(partitions) AS p GROUP BY p) AS counted
    WHERE h.topic = topic_name AND h.partition = counted.partition;
  PERFORM pg_notify('bus', topic_name || ':' || p) FROM (SELECT DISTINCT unnest(partitions) AS p) AS touched;
END
$$;

-- What Prisma cannot express for data-ingestion.

-- A filing says one thing once; a fact of one day has no start, and two of these are the same as well.
CREATE UNIQUE INDEX facts_once_idx ON ingestion.facts (cik, concept, unit, period_end, period_start, taxonomy, accession) NULLS NOT DISTINCT;

-- What Prisma cannot express for risk-engine.

-- The few alerts that wait for their account to become known.
CREATE INDEX alerts_unannounced_idx ON risk.alerts (account_number) WHERE NOT announced;

-- The few intents that the engine has not confirmed, superseded ones included.
CREATE INDEX limit_versions_pending_idx ON risk.limit_versions (account_number, version) WHERE applied_at IS NULL;
CREATE INDEX trading_states_pending_idx ON risk.trading_states (account_number, version) WHERE applied_at IS NULL;

-- What Prisma cannot express for trading-engine.

-- Account numbers below 1000 are venue participants of the engine.
ALTER SEQUENCE trading.accounts_number_seq MINVALUE 1000 START WITH 1000 RESTART WITH 1000;

-- Mass cancel looks for the few orders that are open.
CREATE INDEX orders_open_idx ON trading.orders (account_number, id) WHERE status IN ('ACCEPTED', 'PARTIALLY_FILLED');
