/** Closes all parts in turn, whatever the others do, and then throws what the first that failed threw. */
export async function closeAll([part, ...others]: readonly { close(): Promise<void> }[]): Promise<void> {
  if (!part) return
  try {
    await part.close()
  } catch (error) {
    await closeAll(others).catch(() => undefined)
    throw error
  }
  await closeAll(others)
}
