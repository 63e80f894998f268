import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '@mib/service/logger';
import { createRandom } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { DOCUMENT_FAULTS, startFakeDocuments, type DocumentFault } from '../polling/fake-documents.ts';
import type { Validators } from '../polling/fetch-document.ts';
import { ECB_SOURCE, pollEcb, type EcbOptions } from './ecb-source.ts';
import { parseReferenceRates, type ReferenceRate } from './reference-rates.ts';

const envelope = (...days: readonly string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender><Cube>${days.join('')}</Cube></gesmes:Envelope>`;
const day = (time: string, rates: Readonly<Record<string, string>>): string => `<Cube time="${time}">${Object.entries(rates).map(([currency, rate]) => `<Cube currency="${currency}" rate="${rate}"/>`).join('')}</Cube>`;

const FRIDAY = day('2024-06-28', { USD: '1.0705', JPY: '171.94' });
const THURSDAY = day('2024-06-27', { USD: '1.0696', JPY: '171.9', RUB: 'N/A' });

describe('the document of reference rates', () => {
  it('is read day by day, exactly, without the rates that are not there', async () => {
    expect(await parseReferenceRates(envelope(FRIDAY, THURSDAY).replaceAll('"', "'"))).toEqual({
      rejected: 0,
      rates: [
        { currency: 'USD', day: '2024-06-28', perEuro: '1.0705' }, { currency: 'JPY', day: '2024-06-28', perEuro: '171.94' },
        { currency: 'USD', day: '2024-06-27', perEuro: '1.0696' }, { currency: 'JPY', day: '2024-06-27', perEuro: '171.9' },
      ],
    });
  });

  it('counts what cannot be read', async () => {
    const { rates, rejected } = await parseReferenceRates(envelope(FRIDAY, day('2024-06-31', { USD: '1' }), day('2024-06-26', { USD: '-1', usd: '1', JPY: '1e3', GBP: '0.8' })));
    expect([rates.length, rejected]).toEqual([3, 4]);
  });

  it.each([[''], ['<html><body>moved</body></html>'], [envelope()], ['{"rates":{}}'], [`<!DOCTYPE a [<!ENTITY x "1">]>${envelope().replace('Reference', '&x;')}`]])('refuses %j', async (text) => {
    await expect(parseReferenceRates(text)).rejects.toThrow('document must');
  });

  it('never breaks and never takes what is no rate, whatever is done to it', async () => {
    const whole = envelope(FRIDAY, THURSDAY);
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ at: fc.nat(whole.length), drop: fc.nat(6), put: fc.string({ maxLength: 4 }) }), { maxLength: 6 }), async (edits) => {
      const text = edits.reduce((result, { at, drop, put }) => result.slice(0, at) + put + result.slice(at + drop), whole);
      try {
        for (const { currency, day: date, perEuro } of (await parseReferenceRates(text)).rates) expect([/^[A-Z]{3}$/.test(currency), /^\d{4}-\d\d-\d\d$/.test(date), Number(perEuro) > 0]).toEqual([true, true, true]);
      } catch (error) {
        expect((error as Error).name).toBe('InvalidValueError');
      }
    }), { numRuns: 500 });
  });
});

/** Long enough for a busy machine; only silence is waited for, and that for less. */
const PATIENT_MS = 20_000;
const IMPATIENT_MS = 500;

function source(url: string, timeoutMs = PATIENT_MS) {
  const stored = new Map<string, string>();
  const states = new Map<string, Validators>();
  const health = new SourceHealth(ECB_SOURCE, () => 0);
  const options: EcbOptions = {
    url, userAgent: 'test', health, random: createRandom(1), logger: createLogger('test', { level: 'silent' }), timeoutMs,
    clock: { now: () => Date.parse('2024-06-29T00:00:00Z'), sleep: async () => undefined },
    states: { get: async (address) => states.get(address), save: async (address, validators) => void states.set(address, validators) },
    rates: {
      store: async (rates: readonly ReferenceRate[]) => {
        for (const { currency, day: date, perEuro } of rates) stored.set(`${date} ${currency}`, perEuro);
        return rates.length;
      },
      newestDay: async () => [...stored.keys()].sort().at(-1)?.slice(0, 10),
    },
  };
  return { stored, health, poll: () => pollEcb(options, AbortSignal.timeout(30_000)) };
}

describe('the source of reference rates', () => {
  it('takes the whole history first, then the last ninety days, and these only when they have changed', async () => {
    await using server = await startFakeDocuments();
    server.documents.set('/eurofxref-hist.xml', envelope(THURSDAY, day('1999-01-04', { USD: '1.1789' })));
    server.documents.set('/eurofxref-hist-90d.xml', envelope(FRIDAY, THURSDAY));
    const { stored, poll } = source(server.url);
    for (let round = 0; round < 3; round += 1) await poll();
    expect(server.requests.map(({ path, status, userAgent }) => [path, status, userAgent])).toEqual([['/eurofxref-hist.xml', 200, 'test'], ['/eurofxref-hist-90d.xml', 200, 'test'], ['/eurofxref-hist-90d.xml', 304, 'test']]);
    expect([...stored.keys()].sort()).toEqual(['1999-01-04 USD', '2024-06-27 JPY', '2024-06-27 USD', '2024-06-28 JPY', '2024-06-28 USD']);
  });

  it.each(DOCUMENT_FAULTS.map((fault) => [fault] as const))('stores nothing of an answer spoiled by %s, and all of the next', async (fault) => {
    await using server = await startFakeDocuments();
    server.documents.set('/eurofxref-hist.xml', envelope(FRIDAY, THURSDAY));
    server.faults.push(fault);
    const { stored, poll } = source(server.url, fault === 'SILENT' ? IMPATIENT_MS : PATIENT_MS);
    await expect(poll()).rejects.toThrow();
    expect(stored.size).toBe(0);
    await poll();
    expect(stored.size).toBe(4);
  });

  it('ends with what the server has after any series of faults', async () => {
    await using server = await startFakeDocuments();
    const random = createRandom(7);
    // Silence and endless bodies cost their time each; the cases above have them.
    const quick = DOCUMENT_FAULTS.filter((fault) => fault !== 'SILENT' && fault !== 'HUGE');
    for (let run = 0; run < 30; run += 1) {
      const { stored, poll } = source(server.url);
      const reference = new Map<string, string>();
      for (let turn = 0; turn < 6; turn += 1) {
        const rate = `1.${1 + Math.floor(random() * 9)}${1 + Math.floor(random() * 9)}`;
        reference.set('2024-06-28 USD', rate);
        for (const file of ['/eurofxref-hist.xml', '/eurofxref-hist-90d.xml']) server.documents.set(file, envelope(day('2024-06-28', { USD: rate })));
        if (random() < 0.6) server.faults.push(quick[Math.floor(random() * quick.length)] as DocumentFault);
        await poll().catch(() => undefined);
      }
      server.faults.length = 0;
      await poll();
      expect(stored).toEqual(reference);
    }
  });
});
