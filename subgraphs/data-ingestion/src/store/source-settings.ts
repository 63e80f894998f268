// Which data sources the operator wants to run.

import type { PrismaClient } from '@mib/prisma/client';

/** The stored choice, or `byDefault` for a source that has none yet. */
export async function isSourceEnabled(prisma: PrismaClient, id: string, byDefault: boolean): Promise<boolean> {
  const row = await prisma.ingestionDataSource.findUnique({ where: { id } });
  return row?.enabled ?? byDefault;
}

export async function setSourceEnabled(prisma: PrismaClient, id: string, enabled: boolean): Promise<void> {
  await prisma.ingestionDataSource.upsert({ where: { id }, create: { id, enabled }, update: { enabled } });
}
