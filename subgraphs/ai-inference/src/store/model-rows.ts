// The models table: what was ever registered. A version is immutable, so a row is written once and compared ever after.

import type pg from 'pg';
import { inTransaction } from '@mib/service/database';
import { manifest as manifestShape, type Manifest } from '../registry/manifest.ts';
import { ModelLoadError } from '../registry/model-load-error.ts';

/**
 * Registers versions that are new.
 *
 * Scores of a known version may be recounted, its file may not change.
 *
 * @throws {ModelLoadError} VERSION_CHANGED when a known version comes with another file.
 */
export function registerModels(pool: pg.Pool, manifests: readonly Manifest[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    for (const manifest of manifests) {
      const { rows } = await client.query<{ sha256: string }>(
        `insert into ai.models (id, kind, sha256, manifest) values ($1, $2, $3, $4)
         on conflict (id) do update set manifest = case when models.sha256 = excluded.sha256 then excluded.manifest else models.manifest end
         returning sha256`,
        [manifest.id, manifest.kind, manifest.sha256, JSON.stringify(manifest)],
      );
      const known = rows[0]!.sha256;
      if (known !== manifest.sha256) throw new ModelLoadError('VERSION_CHANGED', manifest.id, `registered with sha256 ${known}, the file has ${manifest.sha256}; give a changed model a new version`);
    }
  });
}

/** In the order of their ids; all of them, or those of `ids`. */
export async function readModels(pool: pg.Pool, ids?: readonly string[]): Promise<Manifest[]> {
  const { rows } = await pool.query<{ manifest: unknown }>('select manifest from ai.models where $1::text[] is null or id = any($1) order by id limit 500', [ids ?? null]);
  return rows.map((row) => manifestShape.parse(row.manifest));
}
