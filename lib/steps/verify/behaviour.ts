/** Looks at published files, and at the accounts behind them. */
import { TaskError, unless } from '#core/errors/errors.ts'
import { bytes as shownBytes, count } from '#core/text/numbers.ts'
import { buildLedger } from '#data/ledger/build.ts'
import { publishedFiles } from '#data/ledger/published-files.ts'
import type { BaseFolder, ListedFile } from '#io/connectors/connector.ts'
import { fileConnectorOf } from '#io/connectors/index.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { config } from './config.ts'

/** How many addresses a message shows. */
const SHOWN = 5

export const verifyBehaviour: ControlBehaviour = {
  run: async (settings, { step, run }, loadArtifacts) => {
    const { files: given = [], min_files, accounting } = config.parse(settings)
    const patterns = typeof given === 'string' ? [given] : given
    const least = patterns.length === 0 ? 0 : Number(min_files)
    const files = await filesAt(patterns, run.folder)
    const failed = (what: string, hint: string, path = 'with.files') => new TaskError('Quality.GateFailed', what, { step, hint, path })
    const names = files.map(({ uri }) => uri)
    if (files.length < least) {
      const found = names.length === 0 ? 'none' : shortList(names)
      throw failed(
        `${count(files.length, 'file')} at ${patterns.join(', ')}, expected at least ${least}; found: ${found}`,
        'check the steps that write the files, or lower `min_files`',
      )
    }
    const empty = files.filter(({ bytes }) => bytes === 0).map(({ uri }) => uri)
    if (empty.length > 0)
      throw failed(`${count(empty.length, 'file')} without any content: ${shortList(empty)}`, 'check the steps that write the files')

    const artifacts = await loadArtifacts()
    const ledger = buildLedger(artifacts)
    const written = publishedFiles(artifacts)
    if (accounting === 'strict') {
      if (!ledger.balanced)
        throw new TaskError('Accounting.Imbalance', `the rows do not add up: ${ledger.equation}`, {
          step,
          hint: 'ledger.json shows the source or step; please report this',
        })
      const sizes = new Map(files.map(({ uri, bytes }) => [uri, bytes]))
      for (const { uri, bytes, step: writer } of written) {
        const found = sizes.get(uri)
        if (found !== undefined && found !== bytes)
          throw failed(
            `${uri} has ${found} bytes, and ${writer} wrote ${bytes}`,
            'something else has changed the file: run the pipeline again',
          )
      }
    }
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    const rows = written.reduce((sum, file) => sum + file.rows, 0)
    const scores = artifacts.segments.flatMap(({ file }) => (file.output === null ? [] : [file.quality.score]))
    return {
      result: {
        files: files.length,
        bytes,
        rows,
        balanced: ledger.balanced,
        quality_score: scores.length === 0 ? null : Math.min(...scores),
      },
      report: {
        level: 'ok',
        message: patterns.length === 0 ? 'All rows are accounted for' : `Verified ${count(files.length, 'file')} (${shownBytes(bytes)})`,
        lines: accounting === 'strict' ? [{ level: 'ok', text: ledger.equation }] : [],
      },
    }
  },
}

const shortList = (names: readonly string[]) =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more` : names.join(', ')

/** The files of all patterns, each once. A pattern without any is no error here: the caller counts. */
async function filesAt(patterns: readonly string[], folder: BaseFolder): Promise<readonly ListedFile[]> {
  const found = new Map<string, ListedFile>()
  for (const pattern of patterns) {
    const connector = await fileConnectorOf(pattern, folder)
    for (const file of (await unless('Data.NoSources', connector.list(pattern))) ?? []) found.set(file.uri, file)
  }
  return [...found.values()]
}
