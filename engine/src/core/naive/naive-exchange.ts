// The exchange as one would write it in an afternoon: lists, sorting, plain objects. Slow and obviously right, it is what
// the core is compared with in tests: every result and every event, word for word. Written from the contract's text, not
// from the core's code.

import { assertNever } from '@mib/model/assert-never';
import { cashPerTickLot, MAX_CASH_UNITS, parseStep } from '@mib/proto/command-rules';
import type { AdjustCash, CommandResult, JournalledCommand, RegisterInstrument, SetFees, SetRiskLimits, SetTradingState } from '@mib/proto/engine-commands';
import { announceIndicative, NOTHING, setInstrumentState } from './naive-auction.ts';
import { printTrade, setFeedState } from './naive-feeds.ts';
import { cancel, wakeStops } from './naive-matching.ts';
import { free, openNotional } from './naive-money.ts';
import { isUser, NaiveState, type NaiveEvent } from './naive-state.ts';
import { amendOrder, cancelOrder, massCancel, placeOrder, refused, setVenueLevel, type Done } from './naive-trading.ts';

/** What the core's result says, but for sequences of events. */
export type NaiveResult = Omit<CommandResult, 'lastEventSequence'>;

export interface NaiveOutcome {
  readonly result: NaiveResult;
  /** In order; LevelChanged are left out, `state.levels` says what they must add up to. */
  readonly events: readonly NaiveEvent[];
}

export class NaiveExchange {
  readonly state = new NaiveState();

  apply(command: JournalledCommand, sequence: number, timestampNs: bigint): NaiveOutcome {
    const { state } = this;
    state.events = [];
    state.heard = [];
    const nowMicros = Number(timestampNs / 1000n);
    this.#expire(nowMicros);
    const key = keyOf(command);
    const before = key === undefined ? undefined : state.remembered.get(key);
    const terms = JSON.stringify(command);
    const result = before ? again(before, terms, sequence, timestampNs) : resultOf(this.#dispatch(command, sequence, nowMicros), sequence, timestampNs);
    if (key !== undefined && !before) state.remembered.set(key, { terms, result: { ...result, lastEventSequence: 0 } });
    wakeStops(state);
    announceIndicative(state);
    return { result, events: state.events };
  }

  #dispatch(command: JournalledCommand, sequence: number, nowMicros: number): Done {
    const { state } = this;
    switch (command.kind) {
      case 'RegisterInstrument':
        return this.#registerInstrument(command);
      case 'OpenAccount':
        if (state.accounts.has(command.accountNumber)) return { status: 'NONE', replayed: true };
        state.open(command.accountNumber);
        return { status: 'NONE' };
      case 'AdjustCash':
        return this.#adjustCash(command);
      case 'SetRiskLimits':
        return this.#setRiskLimits(command);
      case 'SetTradingState':
        return this.#setTradingState(command);
      case 'SetFees':
        return this.#setFees(command);
      case 'PlaceOrder':
        return placeOrder(state, command, sequence, nowMicros);
      case 'CancelOrder':
        return cancelOrder(state, command);
      case 'AmendOrder':
        return amendOrder(state, command);
      case 'MassCancel':
        return massCancel(state, command);
      case 'SetVenueLevel':
        return setVenueLevel(state, command, sequence);
      case 'SetInstrumentState':
        return setInstrumentState(state, command);
      case 'SetFeedState':
        return setFeedState(state, command);
      case 'PrintTrade':
        return printTrade(state, command);
      case 'AdvanceTime':
        return { status: 'NONE' };
      default:
        return assertNever(command);
    }
  }

  #expire(nowMicros: number): void {
    const due = this.state.orders.filter((order) => order.tif === 'GTD' && order.expireMicros <= nowMicros);
    for (const order of due.sort((a, b) => a.expireMicros - b.expireMicros || a.id - b.id)) cancel(this.state, order, 'EXPIRED');
  }

  #registerInstrument(command: RegisterInstrument): Done {
    const { instruments, cashScales, events } = this.state;
    const { kind: _, ...terms } = command;
    const tick = parseStep('tickSize', command.tickSize);
    const lot = parseStep('lotSize', command.lotSize);
    const definition = JSON.stringify(terms);
    const known = instruments.get(command.instrumentNumber);
    if (known) return known.definition === definition ? { status: 'NONE', replayed: true } : refused({ code: 'CONFLICTING_REGISTRATION' });
    const scale = cashScales.get(command.currency);
    if (scale !== undefined && scale !== command.cashScale) return refused({ code: 'CURRENCY_SCALE_CONFLICT', limit: scale, observed: command.cashScale });
    cashScales.set(command.currency, command.cashScale);
    instruments.set(command.instrumentNumber, {
      number: command.instrumentNumber,
      definition,
      currency: command.currency,
      cashPerTickLot: BigInt(cashPerTickLot(tick, lot, command.cashScale)),
      state: 'CONTINUOUS',
      lastPrice: 0,
      indicative: NOTHING,
      feedState: null,
      lastVenueTradeId: 0,
    });
    events.push({ kind: 'InstrumentRegistered', ...terms });
    return { status: 'NONE' };
  }

  #adjustCash(command: AdjustCash): Done {
    const { state } = this;
    const { accountNumber, currency, amountUnits, clientOrderId } = command;
    if (!state.accounts.has(accountNumber)) return refused({ code: 'UNKNOWN_ACCOUNT' });
    const total = state.cash(accountNumber, currency) + BigInt(amountUnits);
    const reach = (total < 0n ? -total : total) + openNotional(state, accountNumber, currency);
    if (reach > BigInt(MAX_CASH_UNITS)) return refused({ code: 'OVERFLOW', limit: MAX_CASH_UNITS, observed: Number(reach) });
    const available = free(state, accountNumber, currency);
    if (isUser(accountNumber) && amountUnits < 0 && BigInt(-amountUnits) > available) {
      return refused({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: Number(available), observed: -amountUnits });
    }
    state.pay(accountNumber, currency, BigInt(amountUnits));
    state.events.push({ kind: 'CashAdjusted', accountNumber, currency, amountUnits, totalUnits: Number(total), clientOrderId });
    return { status: 'NONE' };
  }

  #setRiskLimits({ kind: _, ...limits }: SetRiskLimits): Done {
    const { state } = this;
    if (!state.accounts.has(limits.accountNumber)) return refused({ code: 'UNKNOWN_ACCOUNT' });
    if (limits.instrumentNumber !== 0 && !state.instruments.has(limits.instrumentNumber)) return refused({ code: 'UNKNOWN_INSTRUMENT' });
    state.limits.set(`${limits.accountNumber}/${limits.instrumentNumber}`, limits);
    state.events.push({ kind: 'RiskLimitsSet', ...limits });
    return { status: 'NONE' };
  }

  #setTradingState({ accountNumber, state: wanted }: SetTradingState): Done {
    const { state } = this;
    if (accountNumber !== 0 && !state.accounts.has(accountNumber)) return refused({ code: 'UNKNOWN_ACCOUNT' });
    if (accountNumber === 0) state.globalTradingState = wanted;
    else state.account(accountNumber).tradingState = wanted;
    state.events.push({ kind: 'TradingStateSet', accountNumber, state: wanted });
    return { status: 'NONE' };
  }

  #setFees({ kind: _, ...fees }: SetFees): Done {
    const { state } = this;
    if (fees.instrumentNumber !== 0 && !state.instruments.has(fees.instrumentNumber)) return refused({ code: 'UNKNOWN_INSTRUMENT' });
    state.fees.set(fees.instrumentNumber, fees);
    state.events.push({ kind: 'FeesSet', ...fees });
    return { status: 'NONE' };
  }
}

/** Users' commands with a clientOrderId are recognised when repeated. */
function keyOf(command: JournalledCommand): string | undefined {
  const keyed = (command.kind === 'PlaceOrder' || command.kind === 'AdjustCash') && isUser(command.accountNumber);
  return keyed ? `${command.accountNumber} ${command.clientOrderId}` : undefined;
}

function again(before: { readonly terms: string; readonly result: CommandResult }, terms: string, sequence: number, timestampNs: bigint): NaiveResult {
  if (before.terms !== terms) return resultOf(refused({ code: 'DUPLICATE_CLIENT_ORDER_ID' }), sequence, timestampNs);
  const { lastEventSequence: _, ...result } = before.result;
  return { ...result, replayed: true };
}

function resultOf(done: Done, sequence: number, timestampNs: bigint): NaiveResult {
  return {
    sequence,
    timestampNs,
    code: done.refusal?.code ?? 'OK',
    replayed: done.replayed ?? false,
    orderId: done.orderId ?? 0,
    status: done.status,
    filledLots: done.filledLots ?? 0,
    limit: done.refusal?.limit ?? null,
    observed: done.refusal?.observed ?? null,
  };
}
