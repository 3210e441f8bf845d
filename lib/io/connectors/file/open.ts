/** A file of this machine as a source. */
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFile } from '#io/bytes/file.ts'
import type { ByteSource } from '#io/bytes/source.ts'

/** A system tells the time of a change in steps of up to so many milliseconds: two changes within one step look like one. */
const TIME_STEP = 12
const PATIENCE = 5

/**
 * A file that somebody else may write to. One that was changed a moment ago is waited for, so that a change that comes now has another
 * time. One that is written to all the while is opened as it is: its reads find the change.
 */
export async function openForeignFile(path: string): Promise<ByteSource> {
  for (let times = 0; times < PATIENCE; times++) {
    const age = await stat(path).then(
      ({ ctimeMs }) => Date.now() - ctimeMs,
      // told below
      () => Number.POSITIVE_INFINITY,
    )
    if (age < 0 || age >= TIME_STEP) break
    await sleep(TIME_STEP - age)
  }
  return openFile(path)
}
