// The one lock that orders changes of rules and batches of trades. Who changes a rule under it may ask the engine for its
// last event and knows that no evaluator has gone beyond: the rule begins exactly there. It writes nothing, so a batch in
// which nothing happens costs no disk write.

export const ENGINE_STREAM = 'engine';
export const EVALUATION_LOCK = `select pg_advisory_xact_lock(hashtextextended('notification evaluation', 0))`;
