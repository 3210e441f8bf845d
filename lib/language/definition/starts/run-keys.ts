/** Triggers on the keys that runs write into the data bucket of a deployment: such a run would start the next one. */
import type { CheckContext } from '../check-shape.ts'
import type { Definition } from '../definition.ts'
import { type Path, report, type SourceMap } from '../parse-context.ts'
import type { Problem } from '../problem.ts'

/** First parts of the keys of runs: see the workspace, the starts and the state of pipelines. */
const RUN_KEYS = ['runs/', 'starts/', 'state/'] as const

const HINT = 'use a prefix that no run writes to, such as incoming/'

/** Warns of a prefix below the keys of runs: the bucket of the deployment is not known here. */
export function warnOfRunKeys(prefix: string, path: Path, context: CheckContext): void {
  const own = RUN_KEYS.find((keys) => prefix.startsWith(keys))
  if (own === undefined) return
  report(
    context,
    'trigger-on-run',
    [...path, 'prefix'],
    {
      what: `runs write below ${own} in the data bucket; \`siftstep deploy\` refuses this trigger if \`bucket\` is the data bucket`,
      hint: HINT,
    },
    { level: 'warning' },
  )
}

/** Errors for the triggers of a pipeline that match what its runs write into this data bucket, whatever their suffix. */
export function triggersOnRuns({ triggers }: Definition, map: SourceMap, file: string, dataBucket: string): readonly Problem[] {
  return triggers.flatMap((trigger, at): readonly Problem[] => {
    if (trigger.type !== 's3' || trigger.bucket !== dataBucket) return []
    const { prefix = '' } = trigger
    const covered = RUN_KEYS.filter((keys) => keys.startsWith(prefix) || prefix.startsWith(keys))
    if (covered.length === 0) return []
    const path = `triggers.${at}.${prefix === '' ? 'bucket' : 'prefix'}`
    const { line, column } = map.at(path)
    const what = `${dataBucket} is the data bucket, and runs write below ${covered.join(', ')}: each run would start the next one`
    return [{ code: 'trigger-on-run', level: 'error', file, line, column, path, what, hint: HINT }]
  })
}
