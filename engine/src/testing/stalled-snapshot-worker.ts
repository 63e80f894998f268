// A snapshot's thread that never ends by itself.

Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
