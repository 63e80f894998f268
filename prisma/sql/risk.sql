-- What Prisma cannot express for risk-engine.

-- The few alerts that wait for their account to become known.
CREATE INDEX alerts_unannounced_idx ON risk.alerts (account_number) WHERE NOT announced;

-- The few intents that the engine has not confirmed, superseded ones included.
CREATE INDEX limit_versions_pending_idx ON risk.limit_versions (account_number, version) WHERE applied_at IS NULL;
CREATE INDEX trading_states_pending_idx ON risk.trading_states (account_number, version) WHERE applied_at IS NULL;
