/** Sources that are changed while a run reads them. */
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { runCli, runsIn, startCli } from '../../test/kit/cli.ts'
import { finishedTasks, outputOf } from '../../test/kit/run-outcome.ts'
import { assertBalanced, assertClearError, assertWhole, ledgerOf } from './books.ts'
import { assert, type Disturbance, pick } from './disturbance.ts'
import { PIPELINES, placedWithSources } from './pipelines.ts'

const CHANGED = /was changed while the run was reading it|no such file|names nothing|cannot be read/

/** The content with some letters replaced by others: the same length, the same records. */
function otherLetters(content: Buffer): Buffer {
  return Buffer.from(content.toString('latin1').replaceAll('Spain', 'Italy').replaceAll('Ana', 'Eva').replaceAll('gift', 'loan'), 'latin1')
}

const CHANGES: { readonly [name: string]: (path: string) => void } = {
  'rows added': (path) => appendFileSync(path, readFileSync(path).subarray(-200)),
  'cut off': (path) => truncateSync(path, Math.floor(statSync(path).size * 0.6)),
  'letters changed, same size': (path) => writeFileSync(path, otherLetters(readFileSync(path))),
  'letters changed, same size and time': (path) => {
    const { atime, mtime } = statSync(path)
    writeFileSync(path, otherLetters(readFileSync(path)))
    utimesSync(path, atime, mtime)
  },
  'replaced by another file of the same size and time': (path) => {
    const { atime, mtime } = statSync(path)
    writeFileSync(`${path}.new`, otherLetters(readFileSync(path)))
    utimesSync(`${path}.new`, atime, mtime)
    renameSync(`${path}.new`, path)
  },
  removed: (path) => rmSync(path),
}

export const changedSources: Disturbance = {
  name: 'changed-sources',
  title: 'A source is changed at a random moment of the run',
  holds: 'fails and says so, or the output is all of the text before, or all of the one after',
  cases: { usual: 60, short: 1 },
  inProcess: false,
  open: async (folder) => ({ one: (number, random) => changed(number, join(folder, String(number)), random) }),
}

async function changed(number: number, cwd: string, random: () => number): Promise<string> {
  const [pipeline] = PIPELINES
  if (pipeline === undefined) throw new Error('there is no pipeline')
  const [change = ''] = Object.keys(CHANGES).slice(number % Object.keys(CHANGES).length)
  const command = placedWithSources(pipeline, cwd)
  const path = join(cwd, 'input', pick(readdirSync(join(cwd, 'input')), random))
  const started = startCli(command, { cwd })
  const enough = Math.floor(random() * 20)
  while (started.process.exitCode === null && finishedTasks(cwd) < enough) await wait(5)
  await wait(random() * 50)
  CHANGES[change]?.(path)
  const ended = await started.ended
  assertClearError(ended)
  if (ended.code === 0) {
    for (const run of runsIn(cwd)) assertBalanced(ledgerOf(cwd, run))
    assertWhole(join(cwd, 'out'))
    const found = JSON.stringify(outputOf(join(cwd, 'out')))
    const whole: string[] = []
    for (const place of ['before', 'after'].map((when) => `${cwd}-${when}`)) {
      const again = placedWithSources(pipeline, place)
      if (place.endsWith('after')) CHANGES[change]?.(path.replace(cwd, place))
      const { code } = await runCli(again, { cwd: place })
      whole.push(code === 0 ? JSON.stringify(outputOf(join(place, 'out'))) : '')
      rmSync(place, { recursive: true, force: true })
    }
    assert(whole.includes(found), `${change}: the output is a mixture of the two texts`)
  } else assert(CHANGED.test(ended.err), `${change}: does not say that the source has changed: ${ended.err}`)
  rmSync(cwd, { recursive: true, force: true })
  return change
}
