// How bad is bad: the named thresholds of the two measures that are watched.

export const RISK_LEVELS = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export const METRICS = ['LEVERAGE', 'VALUE_AT_RISK'] as const;
export type Metric = (typeof METRICS)[number];

/**
 * From which value a level holds; the schema's RiskLevel and riskAlert say the same. Value at risk is historical, 99%, one
 * day, over equity. Accounts trade without credit, so a leverage near one is all the money there is.
 */
export const THRESHOLDS: Readonly<Record<Metric, Readonly<Record<Exclude<RiskLevel, 'LOW'>, number>>>> = {
  LEVERAGE: { MEDIUM: 0.5, HIGH: 0.9, CRITICAL: 1.5 },
  VALUE_AT_RISK: { MEDIUM: 0.01, HIGH: 0.03, CRITICAL: 0.05 },
};

export function levelOf(metric: Metric, value: number): RiskLevel {
  const { MEDIUM, HIGH, CRITICAL } = THRESHOLDS[metric];
  if (value >= CRITICAL) return 'CRITICAL';
  if (value >= HIGH) return 'HIGH';
  return value >= MEDIUM ? 'MEDIUM' : 'LOW';
}

export function worse(a: RiskLevel, b: RiskLevel): RiskLevel {
  return severity(a) >= severity(b) ? a : b;
}

export function severity(level: RiskLevel): number {
  return RISK_LEVELS.indexOf(level);
}
