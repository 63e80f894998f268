export default async function stopShared(): Promise<void> {
  await globalThis.mibSharedPlatform?.[Symbol.asyncDispose]();
}
