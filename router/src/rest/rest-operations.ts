// Reads the folder of published operations: every named operation with @rest in a .graphql file, its fragments with it.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { getOperationAST, parse, print, separateOperations, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { REST_DIRECTIVE_NAME, restArguments, type RestArguments } from './rest-directive.ts';

export interface RestOperation {
  readonly file: string;
  readonly name: string;
  readonly description: string;
  readonly rest: RestArguments;
  /** Without @rest and description; what the pipeline runs. */
  readonly text: string;
  readonly kind: 'query' | 'mutation';
}

/** A published operation that cannot be served; the message names file and operation. */
export class RestError extends Error {
  override readonly name = 'RestError';
}

/** Far above any set that is kept by hand. */
const MAX_FILES = 1_000;
const EXTENSION = '.graphql';

/** @throws {RestError} in the order of the files' names. */
export async function readRestOperations(folder: string): Promise<readonly RestOperation[]> {
  const files = (await listFolder(folder)).filter((file) => file.endsWith(EXTENSION)).sort();
  if (files.length > MAX_FILES) throw new RestError(`${folder} may hold at most ${MAX_FILES} files, was ${files.length}`);
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const operations = files.flatMap((file, index) => operationsOf(file, texts[index]!));
  const names = new Set<string>();
  for (const { file, name } of operations) {
    if (names.has(name)) throw new RestError(`${file}: operation ${name} is there twice`);
    names.add(name);
  }
  return operations;
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new RestError(`cannot read the REST operations in ${folder}`, { cause: error });
  }
}

function operationsOf(file: string, text: string): readonly RestOperation[] {
  const documents = attempt(file, () => separateOperations(parse(text)));
  return Object.entries(documents).map(([name, document]) => {
    const definition = getOperationAST(document);
    if (!definition || name === '') throw new RestError(`${file}: every operation needs a name`);
    const place = `${file}: ${name}`;
    const rest = attempt(place, () => restArguments(definition));
    if (!rest) throw new RestError(`${place} needs @rest(path: ...)`);
    if (definition.operation === 'subscription') throw new RestError(`${place}: a subscription has no REST endpoint`);
    return { file, name, description: definition.description?.value ?? '', rest, text: print(withoutRest(document, definition)), kind: definition.operation };
  });
}

function withoutRest(document: DocumentNode, definition: OperationDefinitionNode): DocumentNode {
  const directives = definition.directives?.filter((directive) => directive.name.value !== REST_DIRECTIVE_NAME) ?? [];
  const { description: _description, ...plain } = definition;
  return { ...document, definitions: document.definitions.map((node) => (node === definition ? { ...plain, directives } : node)) };
}

function attempt<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new RestError(`${place}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
