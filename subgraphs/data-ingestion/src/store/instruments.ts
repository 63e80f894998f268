// Instruments and venues. Reads go through Prisma; a registration is one pg transaction with its announcement.

import type pg from 'pg';
import type { Prisma, PrismaClient } from '@mib/prisma/client';
import type { CalendarId } from '@mib/model/calendar/trading-calendar';
import { parseDecimal } from '@mib/model/decimal';
import type { InstrumentId } from '@mib/model/ids';
import { inTransaction } from '@mib/service/database';
import { writeOutbox } from '@mib/service/outbox';
import { canonical } from '../domain/csv-row.ts';
import type { Identifiers } from '../domain/identifiers.ts';
import { instrumentId, type AssetClass, type Instrument, type InstrumentDefinition } from '../domain/instrument.ts';
import type { Venue } from '../domain/venue.ts';
import { INSTRUMENTS_TOPIC, instrumentRecord } from '../events.ts';

export interface InstrumentFilter {
  readonly ids?: readonly string[] | undefined;
  readonly assetClass?: AssetClass | undefined;
  readonly venueId?: string | undefined;
  readonly tradable?: boolean | undefined;
  /** Part of the symbol or the name, whatever the case. */
  readonly text?: string | undefined;
}

export class InstrumentStore {
  readonly #prisma: PrismaClient;
  readonly #pool: pg.Pool;

  constructor(prisma: PrismaClient, pool: pg.Pool) {
    this.#prisma = prisma;
    this.#pool = pool;
  }

  async byIds(ids: readonly string[]): Promise<readonly Instrument[]> {
    const rows = await this.#prisma.ingestionInstrument.findMany({ where: { id: { in: [...ids] } } });
    return rows.map(fromRow);
  }

  async bySymbol(symbol: string): Promise<readonly Instrument[]> {
    const rows = await this.#prisma.ingestionInstrument.findMany({ where: { symbol }, orderBy: { id: 'asc' } });
    return rows.map(fromRow);
  }

  async all(): Promise<readonly Instrument[]> {
    const rows = await this.#prisma.ingestionInstrument.findMany({ orderBy: { number: 'asc' } });
    return rows.map(fromRow);
  }

  /** Issuers that are known, ten digits each, sorted. */
  async ciks(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ cik: string }>('select distinct cik from ingestion.instruments where cik is not null order by cik');
    return rows.map(({ cik }) => cik);
  }

  /** At most `count` instruments behind `afterId`, in the order of their ids. */
  async page(filter: InstrumentFilter, count: number, afterId: string | undefined): Promise<readonly Instrument[]> {
    const rows = await this.#prisma.ingestionInstrument.findMany({ where: where(filter, afterId), orderBy: { id: 'asc' }, take: count });
    return rows.map(fromRow);
  }

  async exists(filter: InstrumentFilter, upToId: string): Promise<boolean> {
    const row = await this.#prisma.ingestionInstrument.findFirst({ where: { AND: [where(filter, undefined), { id: { lte: upToId } }] }, select: { number: true } });
    return row !== null;
  }

  async venues(ids?: readonly string[]): Promise<readonly Venue[]> {
    const rows = await this.#prisma.ingestionVenue.findMany({ ...(ids && { where: { id: { in: [...ids] } } }), orderBy: { id: 'asc' }, take: MAX_VENUES });
    return rows.map((row) => ({ ...row, calendar: row.calendar as CalendarId }));
  }

  async addVenue(venue: Venue): Promise<void> {
    await this.#prisma.ingestionVenue.createMany({ data: [venue], skipDuplicates: true });
  }

  /** Adds the instrument and announces it, or returns the one that has its id already, whatever its definition. */
  async add(definition: InstrumentDefinition): Promise<{ readonly instrument: Instrument; readonly added: boolean }> {
    const id = instrumentId(definition.symbol, definition.venueId);
    return inTransaction(this.#pool, async (client) => {
      const number = await insert(client, id, definition);
      if (number === undefined) {
        const [existing] = await this.byIds([id]);
        return { instrument: existing!, added: false };
      }
      const instrument: Instrument = { ...definition, id, number };
      await writeOutbox(client, 'ingestion', INSTRUMENTS_TOPIC, [instrumentRecord(instrument, await this.#calendarOf(instrument))]);
      return { instrument, added: true };
    });
  }

  /**
   * Says which security an instrument is, in place of what was known before; what is null stays as it was.
   *
   * @returns the instrument as it is now, announced; undefined when there is none of that id.
   */
  async identify(id: string, { isin, figi, cik }: Identifiers): Promise<Instrument | undefined> {
    return inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query('update ingestion.instruments set isin = coalesce($2, isin), figi = coalesce($3, figi), cik = coalesce($4, cik) where id = $1', [id, isin, figi, cik]);
      const { rows } = await client.query<Identifiers>('select isin, figi, cik from ingestion.instruments where id = $1', [id]);
      if (rowCount === 0) return undefined;
      const [before] = await this.byIds([id]);
      const instrument: Instrument = { ...before!, ...rows[0]! };
      await writeOutbox(client, 'ingestion', INSTRUMENTS_TOPIC, [instrumentRecord(instrument, await this.#calendarOf(instrument))]);
      return instrument;
    });
  }

  /** Announces instruments again, for consumers that began with an empty bus. */
  async announce(instruments: readonly Instrument[]): Promise<void> {
    const calendars = new Map((await this.venues()).map(({ id, calendar }) => [id, calendar]));
    const records = instruments.map((instrument) => instrumentRecord(instrument, calendars.get(instrument.venueId)!));
    await inTransaction(this.#pool, (client) => writeOutbox(client, 'ingestion', INSTRUMENTS_TOPIC, records));
  }

  async #calendarOf({ venueId }: Instrument): Promise<CalendarId> {
    const [venue] = await this.venues([venueId]);
    return venue!.calendar;
  }
}

const MAX_VENUES = 100;

async function insert(client: pg.PoolClient, id: InstrumentId, definition: InstrumentDefinition): Promise<number | undefined> {
  const { symbol, venueId, name, assetClass, currency, tickSize, lotSize, cashScale, minNotional, tradable, isin, figi, cik } = definition;
  const { rows } = await client.query<{ number: number }>(
    `insert into ingestion.instruments (id, symbol, venue_id, name, asset_class, currency, tick_size, lot_size, cash_scale, min_notional, tradable, isin, figi, cik)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where not exists (select from ingestion.instruments where id = $1)
     on conflict do nothing returning number`,
    [id, symbol, venueId, name, assetClass, currency, tickSize, lotSize, cashScale, minNotional, tradable, isin, figi, cik],
  );
  return rows[0]?.number;
}

function where(filter: InstrumentFilter, afterId: string | undefined): Prisma.IngestionInstrumentWhereInput {
  const { ids, assetClass, venueId, tradable, text } = filter;
  return {
    AND: [
      ids ? { id: { in: [...ids] } } : {},
      afterId === undefined ? {} : { id: { gt: afterId } },
      assetClass ? { assetClass } : {},
      venueId ? { venueId } : {},
      tradable === undefined ? {} : { tradable },
      text ? { OR: [{ symbol: { contains: literal(text), mode: 'insensitive' } }, { name: { contains: literal(text), mode: 'insensitive' } }] } : {},
    ],
  };
}

/** Prisma hands `contains` to ILIKE as it is: its wildcards would match anything. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

type Row = Prisma.IngestionInstrumentGetPayload<object>;

function fromRow(row: Row): Instrument {
  const { number, symbol, venueId, name, currency, cashScale, minNotional, tradable, isin, figi, cik } = row;
  return {
    id: row.id as InstrumentId,
    number,
    symbol,
    venueId,
    name,
    assetClass: row.assetClass as AssetClass,
    currency,
    tickSize: canonical(parseDecimal(row.tickSize.toFixed())),
    lotSize: canonical(parseDecimal(row.lotSize.toFixed())),
    cashScale,
    minNotional: minNotional && canonical(parseDecimal(minNotional.toFixed())),
    tradable,
    isin,
    figi,
    cik,
  };
}
