import { describe, expect, it } from '@jest/globals';
import { parse, type OperationDefinitionNode } from 'graphql';
import { OverrideLabels } from './override-labels.ts';

const SUPERGRAPH = parse(`type Product {
  name: String @join__field(graph: B, override: "a", overrideLabel: "percent(25)")
  price: Int @join__field(graph: B, override: "a", overrideLabel: "new-prices")
  weight: Int @join__field(graph: B, override: "a", overrideLabel: "new-weights")
  upc: ID
}`);

const operation = (text: string): OperationDefinitionNode => parse(text).definitions[0] as OperationDefinitionNode;
const labels = (drawn: number, on: readonly string[], plannerNames: readonly string[] = []): OverrideLabels =>
  new OverrideLabels(SUPERGRAPH, { on, plannerNames: new Set(plannerNames), random: () => drawn });

describe('labels of progressive overrides', () => {
  it.each([
    ['a percentage that is drawn', '{ product { name } }', 0.24, [], ['percent(25)']],
    ['a percentage that is not drawn', '{ product { name } }', 0.25, [], []],
    ['a named label that is on', '{ product { price } }', 0.9, ['new-prices'], ['new-prices']],
    ['a named label that is off', '{ product { price } }', 0.1, [], []],
    ['only labels that the operation meets', '{ product { upc name } }', 0.1, ['new-prices'], ['percent(25)']],
    ['labels in the order of their names', '{ product { price name weight } }', 0.1, ['new-weights', 'new-prices'], ['new-prices', 'new-weights', 'percent(25)']],
  ])('%s', (_title, text, drawn, on, expected) => {
    expect(labels(drawn, on).choose(operation(text))).toEqual(expected);
  });

  it('counts fields that a join may need', () => {
    expect(labels(0.9, ['new-weights'], ['weight']).choose(operation('{ product { upc } }'))).toEqual(['new-weights']);
  });
});
