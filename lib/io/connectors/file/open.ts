/** Opens a file of this machine as a source. */
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFile } from '#io/bytes/file.ts'
import type { ByteSource } from '#io/bytes/source.ts'

/** File systems record change times in steps of up to this many milliseconds: two changes within one step look the same. */
const TIME_STEP = 12
const PATIENCE = 5

/**
 * Opens a file that other programs may write to. If it changed a moment ago, waits until any later change gets another time stamp. A file
 * that is written continuously is opened anyway: its reads detect the change.
 */
export async function openForeignFile(path: string): Promise<ByteSource> {
  for (let times = 0; times < PATIENCE; times++) {
    const age = await stat(path).then(
      ({ ctimeMs }) => Date.now() - ctimeMs,
      // reported below
      () => Number.POSITIVE_INFINITY,
    )
    if (age < 0 || age >= TIME_STEP) break
    await sleep(TIME_STEP - age)
  }
  return openFile(path)
}
