// The scoreboard as text for a terminal.

import type { VolatilityManifest } from '../registry/manifest.ts';

export function scoreboardText({ id, data, sha256, scoreboards, claims, metrics }: VolatilityManifest): string {
  const lines = [`${id}  trained on ${data.name}, ${data.bars} bars ${data.from}..${data.to}`, `sha256 ${sha256}`, ''];
  for (const { target, baselineName, measure, model, baseline, improvementPercent, days, from, to, tStatistic } of scoreboards) {
    lines.push(row(`${target} vs ${baselineName}`, measure, model, baseline, improvementPercent, `${days} days ${from}..${to}  t ${tStatistic}`));
  }
  const [headline] = scoreboards;
  lines.push('', `${headline!.target} vs ${headline!.baselineName} by year:`);
  for (const { name, model, baseline, improvementPercent, days } of headline!.periods) lines.push(row(`  ${name}`, '', model, baseline, improvementPercent, `${days} days`));
  lines.push('', ...Object.entries(claims).map(([view, { days, hitRate, baseRate }]) => `${view}: ${days} claims, ${percent(hitRate)} came true (any day: ${percent(baseRate)})`));
  lines.push(metrics.map(({ name, value }) => `${name} ${value}`).join('  '));
  return lines.join('\n');
}

function row(label: string, measure: string, model: number, baseline: number, improvement: number, rest: string): string {
  return `${label.padEnd(36)} ${measure.padEnd(10)} model ${model.toFixed(4)}  baseline ${baseline.toFixed(4)}  ${improvement.toFixed(1).padStart(6)} %  ${rest}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
