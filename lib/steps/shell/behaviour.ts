/** Runs the commands of a step and reports how they ended. */
import { TaskError } from '#core/errors/errors.ts'
import { seconds as shown } from '#core/text/numbers.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { carryOut } from './carry-out.ts'
import { config } from './config.ts'

/** How many of the last printed lines a report shows. */
const SHOWN = 5
const MAX_LINE = 200

const cut = (line: string) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line)

export const shellBehaviour: ControlBehaviour = {
  run: async (settings, { step, run, pipeline, log, now }) => {
    const { run: script, env } = config.parse(settings)
    if (run.folder === undefined)
      throw new TaskError('Definition.InvalidSetting', 'a shell step runs on a laptop only: functions on AWS share no folder', { step })
    const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]))
    const own = { SIFTSTEP_RUN_ID: run.id, SIFTSTEP_PIPELINE: pipeline.id, SIFTSTEP_DS: run.ds, SIFTSTEP_TS: run.ts }
    const began = now().getTime()
    const { code, signal, lines, errors } = await carryOut(script, run.folder, { ...given, ...own }, log)
    const took = (now().getTime() - began) / 1000
    const last = errors.at(-1) ?? lines.at(-1)
    if (code !== 0) {
      const end = signal === null ? `ended with exit code ${code}` : `were killed (${signal})`
      throw new TaskError('Command.Failed', `the commands ${end}${last === undefined ? '' : `: ${cut(last)}`}`, {
        step,
        hint: 'the log of the step has everything that they printed',
        path: 'with.run',
      })
    }
    return {
      result: { seconds: took, last_line: lines.at(-1)?.slice(0, MAX_LINE) ?? null },
      report: {
        level: 'ok',
        message: `Commands finished in ${shown(took)}`,
        lines: lines.slice(-SHOWN).map((text) => ({ level: 'ok' as const, text: cut(text) })),
      },
    }
  },
}
