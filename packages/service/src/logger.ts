// One JSON line per event on stdout. Messages are fixed text, data sits in fields, and fields that carry credentials
// are cut out here so that no caller has to remember.

import { pino, type Logger } from 'pino';

export type { Logger };

const SECRET_FIELDS = ['password', 'token', 'secret', 'authorization', 'accessToken', 'refreshToken', 'apiKey', 'cookie'];

export function createLogger(service: string, options: { readonly level?: string } = {}): Logger {
  return pino({
    level: options.level ?? 'info',
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
  });
}
