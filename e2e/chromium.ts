// Debian's Chromium for the stories that need a browser. Where it is missing they say so loudly; under CI that is a failure.

import { existsSync } from 'node:fs';
import { it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';
/** No sandbox: stories run as root in containers. The rest keeps Chromium from calling home. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const missing = !existsSync(EXECUTABLE);
if (missing) process.stderr.write(`\n*** ${EXECUTABLE} IS MISSING: stories in a browser DO NOT RUN. apt-get install chromium ***\n\n`);

/** `it` for stories in a browser. */
export const itInBrowser: (title: string, story: () => Promise<void> | void, timeoutMs?: number) => void = missing && !process.env['CI'] ? it.skip : it;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}
