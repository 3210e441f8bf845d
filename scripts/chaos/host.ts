/** A process that tries cases for the one that started it, so that a crash or a case without an end takes down nothing else. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { seeded } from '../../test/kit/chance.ts'
import { DISTURBANCES } from './disturbances.ts'

export interface Asked {
  readonly number: number
  readonly seed: number
}
export type Answered = { readonly held: string } | { readonly failed: string } | { readonly skipped: string }

const [name, folder = ''] = process.argv.slice(2)
const disturbance = DISTURBANCES.find((one) => one.name === name)
if (disturbance === undefined) throw new Error(`there is no disturbance ${name}`)
const own = join(folder, String(process.pid))
mkdirSync(own)
const cases = await disturbance.open(own)
process.send?.('ready')

process.on('message', ({ number, seed }: Asked) => {
  void cases
    .one(number, seeded(seed))
    .then(
      (held): Answered => ({ held }),
      (error: Error): Answered => (error.name === 'Skipped' ? { skipped: error.message } : { failed: error.message }),
    )
    .then((answer) => process.send?.(answer))
})
process.on('disconnect', () => process.exit(0))
