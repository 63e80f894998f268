// A Node process that does nothing but wait, until its parent goes.

process.on('disconnect', () => process.exit(0));
