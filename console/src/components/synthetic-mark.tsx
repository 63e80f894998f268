/** Prices made up by a simulator are never shown without it. */
export function SyntheticMark() {
  return <abbr className="mark synthetic" title="Synthetic: prices of a simulated venue">SIM</abbr>;
}
