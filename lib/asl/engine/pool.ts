/** Runs numbered work with limited concurrency. */

/**
 * Runs `work` for 0 to `count - 1` in order, at most `width` at once. Each worker passes its slot from one piece of work to the next. After
 * the first rejection nothing new starts and `stop` is called; the pool rejects with it when all running work has ended.
 */
export async function pool<Slot>(
  count: number,
  width: number,
  slot: () => Slot,
  work: (index: number, slot: Slot) => Promise<void>,
  stop: () => void,
): Promise<void> {
  let next = 0
  let failure: { readonly error: unknown } | undefined
  async function worker(): Promise<void> {
    const own = slot()
    while (next < count && !failure) {
      try {
        await work(next++, own)
      } catch (error) {
        if (!failure) {
          failure = { error }
          stop()
        }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, width) }, worker))
  if (failure) throw (failure as { readonly error: unknown }).error
}
