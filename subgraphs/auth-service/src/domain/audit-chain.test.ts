import { describe, expect, it } from '@jest/globals';
import { ChainVerifier, GENESIS_HASH, chainHash, type AuditLink } from './audit-chain.ts';

describe('audit chain', () => {
  it('is intact as written', () => {
    expect(verify(chain(5))).toEqual({ entries: 5, firstBroken: null });
    expect(verify([])).toEqual({ entries: 0, firstBroken: null });
  });

  it.each<[string, (links: AuditLink[]) => AuditLink[], number]>([
    ['a changed action', (links) => links.with(2, { ...links[2]!, action: 'login.failed' }), 3],
    ['a changed actor', (links) => links.with(0, { ...links[0]!, actorId: 'usr_mallory' }), 1],
    ['a changed time', (links) => links.with(3, { ...links[3]!, at: new Date(1) }), 4],
    ['a removed entry', (links) => links.toSpliced(2, 1), 4],
    ['a removed first entry', (links) => links.slice(1), 2],
    ['swapped entries', (links) => [links[1]!, links[0]!, ...links.slice(2)], 2],
    ['a rewritten entry with a hash of its own', (links) => links.with(2, rehashed(links[2]!, { target: 'elsewhere' })), 4],
    ['a repeated entry', (links) => links.toSpliced(3, 0, links[2]!), 3],
  ])('shows %s', (_, tamper, firstBroken) => {
    expect(verify(tamper(chain(5))).firstBroken).toBe(firstBroken);
  });
});

function chain(count: number): AuditLink[] {
  const links: AuditLink[] = [];
  for (let sequence = 1; sequence <= count; sequence++) {
    const event = { actorId: sequence % 2 ? `usr_${sequence}` : null, action: 'login.succeeded', target: `ses_${sequence}`, at: new Date(sequence * 1000) };
    const previousHash = links.at(-1)?.hash ?? GENESIS_HASH;
    links.push({ ...event, sequence, previousHash, hash: chainHash(previousHash, sequence, event) });
  }
  return links;
}

function rehashed(link: AuditLink, change: Partial<AuditLink>): AuditLink {
  const changed = { ...link, ...change };
  return { ...changed, hash: chainHash(changed.previousHash, changed.sequence, changed) };
}

function verify(links: readonly AuditLink[]): { entries: number; firstBroken: number | null } {
  const verifier = new ChainVerifier();
  links.forEach((link) => verifier.add(link));
  return { entries: verifier.entries, firstBroken: verifier.firstBroken };
}
