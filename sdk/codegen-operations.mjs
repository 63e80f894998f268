// codegen plugin: one constant `operations` with every operation's kind, name and text, typed by the result and variable
// types that typescript-operations wrote above it. Texts carry the fragments they use and no needless space, so the
// client ships no GraphQL parser or printer.
import { Kind, print, stripIgnoredCharacters, visit } from 'graphql';

export function plugin(_schema, documents) {
  return {
    prepend: ["import type { Operation } from '../operation.ts';"],
    content: `export const operations = {\n${operationsOf(documents).map(entry).join('')}} as const;\n`,
  };
}

/** Every operation of the documents, with the text that the client sends. */
export function operationsOf(documents) {
  const definitions = documents.flatMap(({ document }) => document.definitions);
  const fragments = new Map(definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((fragment) => [fragment.name.value, fragment]));
  return definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).map((operation) => ({ operation, text: textOf(operation, fragments) }));
}

function textOf(operation, fragments) {
  return stripIgnoredCharacters([operation, ...usedFragments(operation, fragments)].map((part) => print({ ...part, description: undefined })).join('\n'));
}

function entry({ operation: { operation: kind, name: { value: name }, ...rest }, text }) {
  const resumable = kind === 'subscription' && rest.variableDefinitions.some(({ variable }) => variable.name.value === 'after');
  const type = `${capitalised(name)}${capitalised(kind)}`;
  const comment = rest.description ? `  /** ${rest.description.value} */\n` : '';
  return `${comment}  ${name}: { kind: '${kind}', name: '${name}', resumable: ${resumable}, text: ${JSON.stringify(text)} } as Operation<'${kind}', ${type}, ${type}Variables>,\n`;
}

/** Fragments that a definition spreads, directly or through others, each once. */
function usedFragments(node, fragments, found = new Set()) {
  visit(node, {
    FragmentSpread({ name: { value } }) {
      const fragment = fragments.get(value);
      if (!fragment || found.has(fragment)) return;
      found.add(fragment);
      usedFragments(fragment, fragments, found);
    },
  });
  return [...found];
}

function capitalised(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
