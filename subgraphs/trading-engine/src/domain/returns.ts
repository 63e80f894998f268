// The figures of a series of daily values. Conventions, in one place:
//
//   daily return     (value + outflow) / (value before + inflow) - 1: money that comes in works from the start of its day,
//                    money that leaves worked to the end of its day
//   time-weighted    the product of the daily returns, so flows do not count
//   money-weighted   the rate a day at which the value before, the flows and the value at the end balance; by bisection
//   statistics       over finished days, without the Saturdays and Sundays on which nothing moved; 252 days a year
//
// These are statistics, hence binary floats.

/** `value` is that of the end of the day, after its flows. */
export interface DayValue {
  readonly day: string;
  readonly value: number;
  readonly inflow: number;
  readonly outflow: number;
  /** False for a day that is still going on. */
  readonly finished: boolean;
}

export interface Returns {
  /** False when a day that began without money ended with some, or with debt: it has no return. */
  readonly complete: boolean;
  readonly observations: number;
  readonly twr: number;
  readonly mwr: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly maxDrawdown: number;
  readonly volatility: number | null;
}

export const DAYS_PER_YEAR = 252;
const MIN_OBSERVATIONS = 2;

export function returnsOf(valueBefore: number, days: readonly DayValue[]): Returns {
  const daily = dailyReturns(valueBefore, days);
  const { twr, maxDrawdown } = chain(daily.map((each) => each.return));
  const observed = daily.filter(({ day, finished, return: change }) => finished && (change !== 0 || !isWeekend(day))).map((each) => each.return);
  return {
    complete: daily.every((each) => each.defined),
    observations: observed.length,
    twr,
    mwr: moneyWeighted(valueBefore, days),
    maxDrawdown,
    ...statisticsOf(observed),
  };
}

interface DailyReturn extends DayValue {
  readonly return: number;
  readonly defined: boolean;
}

/** Days without money have no return and are left out. */
function dailyReturns(valueBefore: number, days: readonly DayValue[]): DailyReturn[] {
  const returns: DailyReturn[] = [];
  let before = valueBefore;
  for (const day of days) {
    const base = before + day.inflow;
    const end = day.value + day.outflow;
    before = day.value;
    if (base > 0) returns.push({ ...day, return: end / base - 1, defined: true });
    else if (base !== 0 || end !== 0) returns.push({ ...day, return: 0, defined: false });
  }
  return returns;
}

function chain(returns: readonly number[]): { readonly twr: number; readonly maxDrawdown: number } {
  let index = 1;
  let high = 1;
  let maxDrawdown = 0;
  for (const each of returns) {
    index *= 1 + each;
    high = Math.max(high, index);
    maxDrawdown = Math.max(maxDrawdown, 1 - index / high);
  }
  return { twr: index - 1, maxDrawdown };
}

function statisticsOf(returns: readonly number[]): Pick<Returns, 'sharpe' | 'sortino' | 'volatility'> {
  if (returns.length < MIN_OBSERVATIONS) return { sharpe: null, sortino: null, volatility: null };
  const mean = sum(returns) / returns.length;
  const deviation = Math.sqrt(sum(returns.map((each) => (each - mean) ** 2)) / (returns.length - 1));
  const downside = Math.sqrt(sum(returns.map((each) => Math.min(each, 0) ** 2)) / returns.length);
  const year = Math.sqrt(DAYS_PER_YEAR);
  return { volatility: deviation * year, sharpe: deviation > 0 ? (mean / deviation) * year : null, sortino: downside > 0 ? (mean / downside) * year : null };
}

/** Rates a day that are looked for; what is beyond is no return but an accident of tiny amounts. */
const LOWEST_RATE = -0.9999;
const HIGHEST_RATE = 100;
/** Halvings of the bracket: far below a double's resolution of it. */
const BISECTIONS = 100;

interface Flow {
  /** Days after the start. */
  readonly time: number;
  /** Into the account, negative when out of it. */
  readonly amount: number;
}

function moneyWeighted(valueBefore: number, days: readonly DayValue[]): number | null {
  const flows: Flow[] = [{ time: 0, amount: valueBefore }];
  days.forEach(({ inflow, outflow }, index) => flows.push({ time: index, amount: inflow }, { time: index + 1, amount: -outflow }));
  flows.push({ time: days.length, amount: -(days.at(-1)?.value ?? valueBefore) });
  const paid = flows.filter(({ amount }) => amount !== 0);
  let [low, high] = [Math.log1p(LOWEST_RATE), Math.log1p(HIGHEST_RATE)];
  const atLow = Math.sign(balance(paid, low, days.length));
  if (atLow === 0 || atLow === Math.sign(balance(paid, high, days.length))) return null;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (Math.sign(balance(paid, middle, days.length)) === atLow) low = middle;
    else high = middle;
  }
  return Math.expm1((low + high) / 2);
}

/** What is left when all flows grow at the rate, as seen from the end where it shrinks them and from the start where it makes them grow: so nothing overflows, and the sign is the same. */
function balance(flows: readonly Flow[], logRate: number, days: number): number {
  return sum(flows.map(({ time, amount }) => amount * Math.exp(logRate < 0 ? logRate * (days - time) : -logRate * time)));
}

function isWeekend(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 0 || weekday === 6;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
