/** What a sensor does at each look: found, look again later, or too late. What it knows of the looks before travels in the machine. */
import { createHash } from 'node:crypto'
import { fileConnectorOf } from '#io/connectors/index.ts'
import { withoutOwnOutput } from '#io/connectors/find.ts'
import type { BaseFolder, ListedFile } from '#io/connectors/connector.ts'
import { TaskError } from '#core/errors/errors.ts'
import { bytes as shownBytes, count, seconds as shown } from '#core/text/numbers.ts'
import type { Json } from '#core/json.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import { config, waitOf } from './config.ts'

/** What a look leaves for the next one. Moments are ISO 8601, UTC. */
interface Looked {
  /** The first look. */
  readonly since: string
  /** Enough files: which they were, and since when they have been the same. */
  readonly files: { readonly signature: string; readonly since: string } | null
  /** The time was over, and the files get their settle time: no look comes after the next one. */
  readonly last: boolean
}

export const sensorBehaviour: ControlBehaviour = {
  run: async (settings, { step, pipeline, run, now }, _loadArtifacts, state) => {
    const given = config.parse(settings)
    const { min_count, on_empty, settle: settling, poke_interval } = given
    const { pattern, timeout: patience } = waitOf(given)
    const [least, settle, timeout, interval] = [min_count, settling, patience, poke_interval].map(toSeconds) as Four
    const moment = now()
    const before = state as unknown as Looked | null
    const since = before?.since ?? moment.toISOString()
    const waited = secondsBetween(since, moment)
    const { files, why } = await look(pattern, pipeline.id, run.folder)

    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    const enough = files.length >= least
    const signature = signatureOf(files)
    const unchanged = enough && before?.files?.signature === signature ? before.files.since : moment.toISOString()
    const same = enough ? secondsBetween(unchanged, moment) : 0
    const result = { count: files.length, files: listed(files), bytes, waited_seconds: Math.round(waited) }
    const there = `${count(files.length, 'file')} (${shownBytes(bytes)})`
    if (enough && same >= settle) {
      const message = `Found ${there} after ${shown(waited)}`
      return { result: { found: true, ...result }, report: { level: 'ok', message, lines: [] } }
    }

    const over = waited >= timeout
    // files that stay the same after the timeout get the rest of their settle time, also if a look came early
    if (over && (!enough || (before?.last === true && before.files?.signature !== signature))) {
      const what = enough
        ? `${there} at ${pattern} were still changing when the timeout ended (${shown(timeout)})`
        : `${count(files.length, 'file')} at ${pattern}${timeout === 0 ? '' : ` within the timeout of ${shown(timeout)}`}, expected at least ${least}`
      if (on_empty === 'skip') return { result: { found: false, ...result }, report: { level: 'warning', message: what, lines: [] } }
      throw new TaskError('Data.NoSources', `${what}${why === null ? '' : `: ${why}`}`, {
        step,
        hint: 'check the pattern and what delivers the files, raise `timeout`, or write `on_empty: skip`',
      })
    }
    // enough files are looked at again when they may have settled; files that keep changing, at the interval
    const changed = enough && before?.files != null && before.files.signature !== signature
    const wish = !enough ? interval : changed ? Math.max(settle, interval) : settle - same
    const delay = over ? settle - same : Math.min(wish, timeout - waited)
    const looked: Looked = { since, files: enough ? { signature, since: unchanged } : null, last: over }
    const waiting_for = `Waiting for ${pattern}: ${enough ? `${there} to settle` : `${files.length} of ${count(least, 'file')}`}`
    return { again: { after_seconds: Math.max(1, Math.ceil(delay)), state: looked as unknown as Json, waiting_for } }
  },
}

/** Results pass through the machine, which limits their size. */
const ROOM = 60_000

function listed(files: readonly ListedFile[]): Json {
  const list = files.map(({ uri, bytes }) => ({ uri, name: uri.slice(uri.lastIndexOf('/') + 1), bytes }))
  return JSON.stringify(list).length > ROOM ? null : list
}

type Four = [number, number, number, number]

const secondsBetween = (since: string, moment: Date) => (moment.getTime() - Date.parse(since)) / 1000

/** The files that are there, each once, and why there are none. What may not be read is an error, not an absence. */
async function look(
  pattern: string,
  pipeline: string,
  folder: BaseFolder,
): Promise<{ readonly files: readonly ListedFile[]; readonly why: string | null }> {
  const connector = await fileConnectorOf(pattern, folder)
  try {
    const listed = await connector.list(pattern)
    const { files, own } = await withoutOwnOutput(listed, pipeline)
    const once = new Map(files.map((file) => [file.target ?? file.uri, file]))
    const why = own.length === 0 ? null : `output of this pipeline itself in ${own.join(', ')} does not count`
    return { files: [...once.values()], why }
  } catch (error) {
    if (!(error instanceof TaskError) || error.name !== 'Data.NoSources') throw error
    return { files: [], why: error.hint === undefined ? error.message : `${error.message}; ${error.hint}` }
  }
}

/** Another when a file comes, goes or changes. */
const signatureOf = (files: readonly ListedFile[]): string =>
  createHash('sha256')
    .update(JSON.stringify(files.map(({ uri, bytes, version }) => [uri, bytes, version]).sort()))
    .digest('hex')
