// docs/errors.md says what the code says: every code of the closed lists is explained, and nothing else is.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REJECT_CODES } from '@mib/proto/engine-codes';
import { ROUTER_ERROR_CODES } from '@mib/router/respond/graph-error';
import { CLIENT_ERROR_CODES } from '@mib/service/errors';
import { REPOSITORY } from '@mib/testkit/repository';

describe('docs/errors.md', () => {
  it('explains every code once and no other', () => {
    const page = readFileSync(path.join(REPOSITORY, 'docs/errors.md'), 'utf8');
    const explained = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]!);
    const codes = new Set<string>([...CLIENT_ERROR_CODES, ...ROUTER_ERROR_CODES, ...REJECT_CODES.filter((code) => code !== 'OK')]);
    expect(explained.sort()).toEqual([...codes].sort());
  });
});
