// One issuer's published keys. A token signed by a key not seen before makes jose fetch the set again, so a rotation
// needs no restart here; a cool-down bounds how often, whether the fetch succeeds or not and whoever sends such tokens.

import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from 'jose';

const COOLDOWN_MS = 1_000;
const MAX_AGE_MS = 600_000;
const TIMEOUT_MS = 3_000;

export function createKeySet(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), { cooldownDuration: COOLDOWN_MS, cacheMaxAge: MAX_AGE_MS, timeoutDuration: TIMEOUT_MS, [customFetch]: createCoolingFetch() });
}

/** jose's own cool-down counts from the last success only. */
function createCoolingFetch(): FetchImplementation {
  let failedAtMs = -Infinity;
  return async (url, options) => {
    if (performance.now() - failedAtMs < COOLDOWN_MS) throw new Error('the key set could not be fetched a moment ago');
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) failedAtMs = performance.now();
      return response;
    } catch (error) {
      failedAtMs = performance.now();
      throw error;
    }
  };
}
