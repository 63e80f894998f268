// How often a cache knew. Counted by the cache with two additions, read when somebody looks; outlives the graphs whose caches
// it counts.

export class CacheTally {
  hits = 0;
  misses = 0;
}
