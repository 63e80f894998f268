// Exact arithmetic on the graph's decimal texts, for what the page computes itself: a float would show money wrong.

interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** `(a - b) x factor`, exact. */
export function differenceTimes(a: string, b: string, factor: string): string {
  const [x, y, f] = [parse(a), parse(b), parse(factor)];
  const scale = Math.max(x.scale, y.scale);
  const difference = rescale(x, scale) - rescale(y, scale);
  return format({ units: difference * f.units, scale: scale + f.scale });
}

/** At least `minimum` decimals, at most `maximum` (rounded half away from zero), thousands apart: "1,234.50". */
export function pretty(text: string, minimum: number, maximum = Math.max(minimum, 6)): string {
  const value = parse(text);
  const negative = value.units < 0n;
  const units = round(negative ? -value.units : value.units, value.scale, maximum);
  const digits = units.toString().padStart(maximum + 1, '0');
  const whole = digits.slice(0, digits.length - maximum).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = digits.slice(digits.length - maximum).replace(/0+$/, '').padEnd(minimum, '0');
  return `${negative && units !== 0n ? '−' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

export function sign(text: string): -1 | 0 | 1 {
  const { units } = parse(text);
  return units > 0n ? 1 : units < 0n ? -1 : 0;
}

/** Digits behind the point of a tick or lot size: 2 for "0.01". */
export function decimalsOf(text: string): number {
  return text.includes('.') ? text.replace(/0+$/, '').split('.')[1]!.length : 0;
}

function parse(text: string): Decimal {
  const [whole = '0', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function rescale({ units, scale }: Decimal, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}

function round(units: bigint, scale: number, to: number): bigint {
  if (scale <= to) return units * 10n ** BigInt(to - scale);
  const divisor = 10n ** BigInt(scale - to);
  return (units + divisor / 2n) / divisor;
}

function format({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}${scale ? `.${digits.slice(digits.length - scale)}` : ''}`;
}
