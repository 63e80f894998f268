// Moves the fee of one side of a fill between the account of the house and, through the position's fill, the trader.

import { cashAt, cashPlace, findAccount, isUser, openAccount } from './accounts';
import { HOUSE_ACCOUNT } from './codes';
import { accountOpened } from './events';
import { feeUnits, makerPpmOf, takerPpmOf } from './fees';
import { instrumentAt } from './instruments';

/** Gives the maker's fee to the house. @returns cash units for the account to pay, negative to receive. */
export function chargeMaker(instrument: i32, account: i32, units: f64): f64 {
  return charge(instrument, account, units, makerPpmOf(instrument));
}

export function chargeTaker(instrument: i32, account: i32, units: f64): f64 {
  return charge(instrument, account, units, takerPpmOf(instrument));
}

function charge(instrument: i32, account: i32, units: f64, ppm: i32): f64 {
  if (!isUser(account)) return 0;
  const fee = feeUnits(units, ppm);
  if (fee == 0) return 0;
  cashAt(cashPlace(house(), instrumentAt(instrument).currency)).total += fee;
  return fee;
}

/** The first fee opens the account, just before the trade that charges it. */
function house(): i32 {
  const known = findAccount(HOUSE_ACCOUNT);
  if (known >= 0) return known;
  accountOpened(HOUSE_ACCOUNT);
  return openAccount(HOUSE_ACCOUNT);
}
