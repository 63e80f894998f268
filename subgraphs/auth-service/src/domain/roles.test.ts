import { describe, expect, it } from '@jest/globals';
import { ALL_SCOPES, parseRoleId, scopesOf, type RoleId } from './roles.ts';

const TRADER = ['account:read', 'account:write', 'alert:write', 'apikey:write', 'orders:write', 'risk:write', 'watchlist:write'];
const OPERATOR = [...TRADER, 'engine:read', 'market:write', 'risk:write:any', 'config:read', 'config:write'].sort();
const ADMIN = [...OPERATOR, 'account:read:any', 'audit:read', 'user:read', 'user:write'].sort();

describe('roles', () => {
  it.each<[readonly RoleId[], readonly string[]]>([
    [[], []],
    [['trader'], TRADER],
    [['operator'], OPERATOR],
    [['admin'], ADMIN],
    [['trader', 'admin', 'operator'], ADMIN],
  ])('%j grant exactly their own scopes and the inherited ones', (roles, scopes) => {
    expect(scopesOf(roles)).toEqual(scopes);
  });

  it('knows every scope that some role grants', () => {
    expect(ALL_SCOPES).toEqual(ADMIN);
  });

  it.each([[''], ['root'], ['Admin'], ['__proto__'], ['constructor']])('refuses the role %j', (text) => {
    expect(() => parseRoleId(text)).toThrow(`roleId must be one of trader, operator, admin, was ${JSON.stringify(text)}`);
  });
});
