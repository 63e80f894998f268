// Whose account PostgreSQL runs under. It refuses uid 0, so as root it runs as somebody else, who must be able to reach
// the files: folders of mode 0700 on the way (such as /root) shut it out.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface UnixUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Picks the account for a data directory when we are root: its present owner, else who called sudo, else `postgres` or
 * `nobody`.
 *
 * @returns undefined when we are not root and PostgreSQL simply runs as ourselves.
 */
export function unprivilegedUser(dataDirectory: string, sudoUid: string | undefined): UnixUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataDirectory, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  // initdb wants a name for its uid, so only accounts of /etc/passwd will do.
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const sudoer = sudoUid && sudoUid !== '0' ? accounts.find((account) => account[2] === sudoUid) : undefined;
  const account = sudoer ?? accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (!account) throw new Error('PostgreSQL cannot run as root and /etc/passwd has neither postgres nor nobody; run as a normal user');
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/** True when `user` may pass through every existing folder on the way to `target`. */
export function isReachable(target: string, user: UnixUser | undefined): boolean {
  if (!user) return true;
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat && !maySearch(stat, user)) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

function maySearch(stat: { mode: number; uid: number; gid: number }, user: UnixUser): boolean {
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === user.gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}
