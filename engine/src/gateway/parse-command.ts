// From the message of the unary door to a command. Values are checked by the encoder that every door shares.

import { InvalidValueError } from '@mib/model/invalid-value';
import { FEED_STATES, INSTRUMENT_STATES, ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE, TRADING_STATES } from '@mib/model/trading';
import { fromCode } from '@mib/proto/engine-codes';
import type { EngineCommand } from '@mib/proto/engine-commands';
import type { SubmitRequest } from '@mib/proto/generated/mib/engine/v1/engine';
import { assertNever } from '@mib/model/assert-never';

/** @throws {InvalidValueError} for a missing command or an unknown member of a list. */
export function parseCommand({ command }: SubmitRequest): EngineCommand {
  if (!command) throw new InvalidValueError('command must be set', 'nothing');
  switch (command.$case) {
    case 'registerInstrument':
      return { kind: 'RegisterInstrument', ...command.value };
    case 'openAccount':
      return { kind: 'OpenAccount', ...command.value };
    case 'adjustCash':
      return { kind: 'AdjustCash', ...command.value, amountUnits: safeNumber('amountUnits', command.value.amountUnits) };
    case 'placeOrder':
      return {
        kind: 'PlaceOrder',
        ...command.value,
        side: member('side', SIDES, command.value.side),
        type: member('type', ORDER_TYPES, command.value.type),
        tif: member('tif', TIMES_IN_FORCE, command.value.tif),
        expireMicros: safeNumber('expireMicros', command.value.expireMicros),
        selfTradePrevention: member('selfTradePrevention', SELF_TRADE_PREVENTIONS, command.value.selfTradePrevention || 1),
      };
    case 'cancelOrder':
      return { kind: 'CancelOrder', accountNumber: command.value.accountNumber, orderId: safeNumber('orderId', command.value.orderId) };
    case 'setRiskLimits':
      return { kind: 'SetRiskLimits', ...command.value };
    case 'setTradingState':
      return { kind: 'SetTradingState', accountNumber: command.value.accountNumber, state: member('state', TRADING_STATES, command.value.state) };
    case 'setVenueLevel':
      return { kind: 'SetVenueLevel', ...command.value, side: member('side', SIDES, command.value.side) };
    case 'amendOrder':
      return { kind: 'AmendOrder', ...command.value, orderId: safeNumber('orderId', command.value.orderId) };
    case 'massCancel':
      return { kind: 'MassCancel', ...command.value, side: command.value.side === 0 ? undefined : member('side', SIDES, command.value.side) };
    case 'setInstrumentState':
      return { kind: 'SetInstrumentState', instrumentNumber: command.value.instrumentNumber, state: member('state', INSTRUMENT_STATES, command.value.state) };
    case 'setFees':
      return { kind: 'SetFees', ...command.value };
    case 'setFeedState':
      return { kind: 'SetFeedState', ...command.value, state: member('state', FEED_STATES, command.value.state) };
    case 'printTrade':
      return {
        kind: 'PrintTrade',
        ...command.value,
        side: member('side', SIDES, command.value.side),
        quantityUnits: safeNumber('quantityUnits', command.value.quantityUnits),
        venueTradeId: safeNumber('venueTradeId', command.value.venueTradeId),
        venueTimeNs: String(command.value.venueTimeNs),
      };
    default:
      return assertNever(command);
  }
}

function member<T extends string>(name: string, list: readonly T[], code: number): T {
  const value = fromCode(list, code);
  if (value === undefined) throw new InvalidValueError(`${name} must be one of ${list.join(', ')}`, code);
  return value;
}

function safeNumber(name: string, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new InvalidValueError(`${name} must be below 2^53`, value);
  return number;
}
