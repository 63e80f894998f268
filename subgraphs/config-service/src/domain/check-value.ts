// Values against the JSON Schema of their key. Accepted text is stored in one canonical form; a refusal names the rule and
// the value, unless the value is a secret.

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { ClientError } from '@mib/service/errors';
import type { KnownKey } from './known-keys.ts';

export const MAX_VALUE_BYTES = 8_192;
const SHOWN_CHARACTERS = 80;

const ajv = new Ajv2020({ strict: true });
/** Compiled once per schema; the schemas are those of a closed list. */
const validators = new WeakMap<object, ValidateFunction>();

/**
 * Checks JSON text.
 *
 * @returns the value's canonical JSON text.
 * @throws {ClientError} VALIDATION
 */
export function checkValue(known: KnownKey, text: string): string {
  const refuse = (rule: string): never => {
    const shown = known.sensitive ? 'a hidden value' : text.slice(0, SHOWN_CHARACTERS);
    throw new ClientError('VALIDATION', `${rule}, was ${shown}`, { field: ['input', 'value'] });
  };
  if (Buffer.byteLength(text) > MAX_VALUE_BYTES) refuse(`value must have at most ${MAX_VALUE_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('value must be JSON text');
  }
  const validate = validatorOf(known);
  if (!validate(value)) refuse(ruleOf(validate.errors?.[0]));
  return JSON.stringify(value);
}

function validatorOf({ schema }: KnownKey): ValidateFunction {
  const compiled = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, compiled);
  return compiled;
}

function ruleOf(error: ErrorObject | undefined): string {
  const path = (error?.instancePath ?? '').replaceAll('/', '.');
  const allowed = (error?.params as { readonly allowedValues?: readonly unknown[] } | undefined)?.allowedValues;
  return `value${path} ${allowed ? `must be one of ${allowed.join(', ')}` : (error?.message ?? 'must fit its schema')}`;
}
