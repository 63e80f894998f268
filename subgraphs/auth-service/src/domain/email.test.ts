import { describe, expect, it } from '@jest/globals';
import { normaliseEmail } from './email.ts';

describe('email', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada.Lovelace+mib@Example.COM ', 'ada.lovelace+mib@example.com'],
    ['JOSÉ@exämple.de', 'josé@exämple.de'],
    ['jose\u0301@example.com', 'josé@example.com'],
    ['a@b.co', 'a@b.co'],
  ])('takes %j as %j', (text, email) => {
    expect(normaliseEmail(text)).toBe(email);
  });

  it.each([
    [''], ['ada'], ['@example.com'], ['ada@'], ['ada@localhost'], ['ada@example..com'], ['ada@-example.com'], ['.ada@example.com'], ['ada.@example.com'], ['a da@example.com'],
    ['ada@exam ple.com'], ['ada@example.com\u0000'], ['ada\n@example.com'], ['"ada"@example.com'], ['ada@[127.0.0.1]'], [`${'a'.repeat(65)}@example.com`], [`a@${'b'.repeat(250)}.com`],
  ])('refuses %j', (text) => {
    expect(() => normaliseEmail(text)).toThrow(/email must be an address .* was /);
  });
});
