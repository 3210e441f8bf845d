/**
 * Tries every place against its real server: the contract suites of connectors, and the tests that a place has of its own. Prints a line for
 * each place: its server and version, and how many tests passed, failed and were skipped, with the reasons. Ends with 1 when a test failed.
 *
 *   npm run test:places -- [PLACE…]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { PLACES, type Place } from '../test/kit/places.ts'
import { table } from './reference/markdown.ts'

const ROOT = resolve(import.meta.dirname, '..')
/** Suites over all places; a test is of the place that its title names. */
const CONTRACTS = ['connector', 'sources', 'targets', 'killed-targets'].map((name) => `test/contract/${name}.test.ts`)

interface Result {
  readonly file: string
  readonly title: string
  readonly status: 'passed' | 'failed' | 'skipped'
}

/** What vitest writes as JSON. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

const statusOf = (status: string): Result['status'] => (status === 'passed' || status === 'failed' ? status : 'skipped')

/** Runs the tests of these places. */
function resultsOf(places: readonly Place[]): readonly Result[] {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-places-'))
  try {
    const report = join(folder, 'report.json')
    const files = [...CONTRACTS, ...places.flatMap(({ files: own }) => own)]
    spawnSync('npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile=${report}`, ...files], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
    return testResults.flatMap(({ name, status, message, assertionResults }): Result[] => {
      const file = relative(ROOT, name)
      // a file that could not be loaded has no tests
      if (assertionResults.length === 0) return [{ file, title: message, status: statusOf(status) }]
      return assertionResults.map((one) => ({ file, title: one.fullName, status: statusOf(one.status) }))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const isOf = ({ files, named }: Place, { file, title }: Result) => (CONTRACTS.includes(file) ? named.test(title) : files.includes(file))

function main(names: readonly string[]): number {
  const unknown = names.find((name) => !PLACES.some((place) => place.name === name))
  if (unknown !== undefined) {
    console.error(`there is no place ${unknown}; there are ${PLACES.map(({ name }) => name).join(', ')}`)
    return 2
  }
  const places = PLACES.filter(({ name }) => names.length === 0 || names.includes(name))
  const results = resultsOf(places)
  const lines = places.map((place) => {
    const own = results.filter((result) => isOf(place, result))
    const count = (status: Result['status']) => own.filter((one) => one.status === status).length
    const reasons = new Set(
      own.flatMap(({ title, status }) => (status === 'skipped' ? [/skipped: [^>]*?\)/.exec(title)?.[0] ?? 'not said'] : [])),
    )
    // a place without a test that ran has shown nothing
    const failed = count('failed') + (own.length === 0 ? 1 : 0)
    return { cells: [place.name, place.server(), count('passed'), failed, count('skipped'), [...reasons].join('; ')], failed }
  })
  console.log(
    `\n${table(
      ['place', 'server', 'passed', 'failed', 'skipped', 'why'],
      lines.map(({ cells }) => cells.map(String)),
    )}`,
  )
  return lines.some(({ failed }) => failed > 0) ? 1 : 0
}

process.exitCode = main(process.argv.slice(2))
