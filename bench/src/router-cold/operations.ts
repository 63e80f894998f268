// What is asked: one small operation all the time, and large ones that differ in an alias, each a plan of its own.

export const HOT = '{ me { name reviews { body product { name } } } }';

export function coldOperation(number: number): string {
  return `query Cold { topProducts { cold${number}: name price inStock shippingEstimate reviews { body author { username reviews { body product { name inStock } } } } } }`;
}
