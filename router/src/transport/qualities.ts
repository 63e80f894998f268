// The shared grammar of accept headers (RFC 9110 §12.4.2): a list of ranges, each with parameters and a quality.

export interface Preference {
  /** In lower case, without parameters. */
  readonly range: string;
  /** In lower case, as `name=value`; the quality is not among them. */
  readonly parameters: readonly string[];
  /** 0..1; 0 refuses. */
  readonly quality: number;
}

/** In the order of the header, which is not that of the qualities. */
export function parsePreferences(header: string): readonly Preference[] {
  return header.split(',').map(parsePreference).filter(({ range }) => range !== '');
}

function parsePreference(text: string): Preference {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return { range, parameters: parameters.filter((parameter) => parameter !== quality && parameter !== ''), quality: quality === undefined ? 1 : qualityOf(quality.slice(2)) };
}

/** What is no quality refuses: a guess could send what the client cannot read. Old Java says `.2` and is understood. */
function qualityOf(text: string): number {
  return /^(\d|\.\d)[\d.]{0,4}$/.test(text) && Number(text) <= 1 ? Number(text) : 0;
}
