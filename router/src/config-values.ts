// The kinds of values that sections of the settings file are made of, with messages that name the range.

import { z } from 'zod';

export function wholeNumber(minimum: number, maximum: number) {
  const message = `must be a whole number ${minimum}..${maximum}`;
  return z.int(message).min(minimum, message).max(maximum, message);
}
