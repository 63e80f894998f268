-- What Prisma cannot express for trading-engine.

-- Account numbers below 1000 are venue participants of the engine.
ALTER SEQUENCE trading.accounts_number_seq MINVALUE 1000 START WITH 1000 RESTART WITH 1000;

-- Mass cancel looks for the few orders that are open.
CREATE INDEX orders_open_idx ON trading.orders (account_number, id) WHERE status IN ('ACCEPTED', 'PARTIALLY_FILLED');
