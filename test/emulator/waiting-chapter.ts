/** A sensor on AWS: the machine waits without a task, looks again, and continues when the object is there. */
import { deepStrictEqual, equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Chapter } from './chapters.ts'
import { assertSame, resultHere, resultOnAws } from './results.ts'
import { siftstep } from './run-program.ts'
import { eventually, type Services } from './services.ts'

const PIPELINE = 'test/emulator/pipelines/waiting.yaml'
const STACK = 'siftstep-emulator-waits'

interface World {
  readonly env: { readonly [name: string]: string }
  readonly services: Services
  /** For the run on this machine. */
  readonly folder: string
  readonly file: string
  readonly inbox: string
  readonly outbox: string
  /** Counts the states of a run. */
  note(event: Awaited<ReturnType<Services['history']>>[number]): void
}

export function waitingChapter({ env, services, folder, file, inbox, outbox, note }: World): Chapter {
  /** The states of the sensor that an execution has entered, in order, each by its type. */
  const looked = async (execution: string): Promise<readonly string[]> =>
    (await services.history(execution)).flatMap(({ type = '', stateEnteredEventDetails }) => {
      const kind = /^(Task|Choice|Wait)StateEntered$/.exec(type)?.[1]
      return kind !== undefined && stateEnteredEventDetails?.name?.startsWith('wait') === true ? [kind] : []
    })

  return {
    title: 'a sensor: the machine waits, looks again, and continues when the object is there',
    printResult: async () => {
      match(await siftstep(['deploy', PIPELINE], env), /✓ siftstep-emulator-waits: definition \w+, matches the one built here/)
      const outputs = await services.outputs(STACK)
      const machine = outputs['StateMachine'] ?? ''
      const screen = await siftstep(['start', 'emulator_waits'], env)
      const run = /emulator_waits-\d{8}T\d{6}Z-[0-9a-f]{12}/.exec(screen)?.[0] ?? ''
      const execution = `${machine.replace(':stateMachine:', ':execution:')}:${run}`

      const before = await eventually('a second look', 120, async () => {
        const states = await looked(execution)
        return states.filter((kind) => kind === 'Wait').length >= 2 ? states : undefined
      })
      deepStrictEqual(before.slice(0, 6), ['Task', 'Choice', 'Wait', 'Task', 'Choice', 'Wait'])
      deepStrictEqual(await services.keys(outbox, 'late/'), [], 'something was published before the object was there')

      await services.put(inbox, `late/${basename(file)}`, readFileSync(file))
      const { status, error, cause } = await services.ended(execution)
      equal(status, 'SUCCEEDED', `${run} is ${status}: ${error} ${cause}`)
      const states = await looked(execution)
      deepStrictEqual(states.slice(-2), ['Task', 'Choice'], 'the last look found the object, and no wait follows it')
      const looks = states.filter((kind) => kind === 'Task').length
      ok(looks > 2)
      for (const event of await services.history(execution)) note(event)

      const deployed = { hash: outputs['DefinitionHash'] ?? '', bucket: outputs['DataBucket'] ?? '' }
      const there = await resultOnAws(services, deployed, run, { bucket: outbox, prefix: 'late/' })
      const same = assertSame(there, await resultHere(PIPELINE, [file], join(folder, 'late')))
      await siftstep(['destroy', 'emulator_waits', '--yes'], env)
      return `${looks} looks, ${looks - 1} waits; ${same}`
    },
  }
}
