/**
 * A definition under test: its steps read the files of the test in place of their sources, and write below a folder of the test in place
 * of their targets. Pure; whoever runs it writes the files.
 */
import { basename } from 'node:path/posix'
import type { Json, JsonObject } from '#core/json.ts'
import { expressionSource } from '#asl/machine/expression.ts'
import { expression, jsonataText } from '#asl/machine/literal.ts'
import { replaceAt, valueAt } from '#language/definition/check-shape.ts'
import type { Definition, Entry, Step } from '#language/definition/definition.ts'
import type { Path } from '#language/definition/parse-context.ts'
import type { Problem } from '#language/definition/problem.ts'
import { referencesIn } from '#language/definition/references.ts'
import type { GivenRows, PipelineTest } from '#language/definition/tests-schema.ts'
import { kindOf } from '#steps/index.ts'
import type { StepKind } from '#steps/kind/step.ts'

/** Why a test cannot run; the path is one in the definition, or in a step of it. */
export interface TestTrouble extends Pick<Problem, 'what' | 'hint'> {
  readonly code: 'invalid-test' | 'not-given' | 'not-testable'
  readonly path?: string
  readonly step?: string
}

/** A step that no test can run. */
export const notTestable = (step: string, why: string): TestTrouble => ({
  code: 'not-testable',
  step,
  what: `a test cannot run the step \`${step}\`: ${why}`,
  hint: 'test the steps that work on rows in a pipeline of their own, or remove `tests`',
})

export interface UnderTest {
  readonly definition: Definition
  readonly troubles: readonly TestTrouble[]
}

/** The file with given rows, below the folder of a test. A file keeps its name: its end can say the format. */
export function givenFile(folder: string, { name, table }: GivenRows): string {
  if (typeof table === 'string') return `${folder}/given/${name}/${name}.csv`
  return 'file' in table ? `${folder}/given/${name}/${basename(table.file)}` : `${folder}/given/${name}/${name}.jsonl`
}

/** The folder that an export of a test publishes to. */
export const publishedFolder = (folder: string, step: string): string => `${folder}/out/${step}/rows`

/** The definition as a test runs it: `at` is the number of the test, `folder` its own, as an absolute path. */
export function underTest(definition: Definition, at: number, folder: string): UnderTest {
  const test = definition.tests?.[at]
  if (test === undefined) throw new Error(`the definition has no test ${at}`)
  const troubles: TestTrouble[] = []
  const world = { test, path: `tests.${at}`, folder, steps: new Set(definition.steps.flatMap(idsOf)), troubles }
  const change = (step: Step) => stepUnderTest(step, world)
  const { metrics: _metrics, alerts: _alerts, tracing: _tracing, ...monitoring } = definition.monitoring
  return {
    definition: {
      ...definition,
      steps: definition.steps.map((entry) => changed(entry, change)),
      on_failure: definition.on_failure.map(change),
      finally: definition.finally.map(change),
      // a test notifies nobody
      notifications: {},
      monitoring: { ...monitoring, metrics: [], alerts: [] },
    },
    troubles,
  }
}

const changed = (entry: Entry, change: (step: Step) => Step): Entry =>
  'parallel' in entry ? { ...entry, parallel: entry.parallel.map((inner) => changed(inner, change)) } : change(entry)

const idsOf = (entry: Entry): readonly string[] => ('parallel' in entry ? entry.parallel.flatMap(idsOf) : [entry.id])

interface World {
  readonly test: PipelineTest
  readonly path: string
  readonly folder: string
  readonly steps: ReadonlySet<string>
  readonly troubles: TestTrouble[]
}

function stepUnderTest(step: Step, world: World): Step {
  const kind = kindOf(step.type)
  if (kind === undefined) return step
  const settingsOf = (own: JsonObject): JsonObject => {
    const adapted = kind.underTest?.(own) ?? { settings: own }
    if ('settings' in adapted) return redirected(step.id, kind, adapted.settings, world)
    world.troubles.push(notTestable(step.id, adapted.refused))
    return own
  }
  return { ...step, with: settingsOf(step.with), on_error: { ...step.on_error, fallback: step.on_error.fallback.map(settingsOf) } }
}

/** Settings whose addresses are those of the test. */
function redirected(step: string, kind: StepKind, settings: JsonObject, world: World): JsonObject {
  const uses = kind.addresses?.(settings) ?? []
  const read = uses.filter(({ use }) => use === 'read').map(({ path }) => path)
  const written = uses.filter(({ use }) => use === 'write').map(({ path }) => path)
  const own = world.test.given.find(({ steps }) => steps?.includes(step))
  const reading = own === undefined ? readByInputs(step, settings, read, world) : readOwn(step, settings, read, own, world)
  return written.reduce((all, path) => replaced(all, path, (value) => writtenTo(step, value, world.folder)), reading)
}

/** Reads the rows that are given for the step, whatever its settings name. */
function readOwn(step: string, settings: JsonObject, read: readonly Path[], own: GivenRows, { folder, path, troubles }: World): JsonObject {
  // of a list of addresses the list as a whole
  const lists = read.map((one) => (typeof one.at(-1) === 'number' ? one.slice(0, -1) : one))
  const places = [...new Map(lists.map((one) => [one.join('.'), one])).values()]
  if (places.length > 1)
    troubles.push({
      code: 'invalid-test',
      path: `${path}.given.${own.name}`,
      what: `the step \`${step}\` reads ${places.length} addresses, and these rows can be of one of them`,
      hint: 'make each address an input, and give rows for the inputs',
    })
  return places.reduce((all, place) => replaced(all, sourceAt(place, own), () => givenFile(folder, own)), settings)
}

/** Reads the rows that are given for inputs; an address that is none of these is not read. */
function readByInputs(
  step: string,
  settings: JsonObject,
  read: readonly Path[],
  { test, folder, path, steps, troubles }: World,
): JsonObject {
  return read.reduce((all, place) => {
    const value = valueAt(settings, place) ?? null
    const input = /^\$inputs\.(\w+)$/.exec(expressionSource(value) ?? '')?.[1]
    const given = test.given.find(({ name, steps: own }) => own === null && name === input)
    if (given !== undefined) return replaced(all, sourceAt(place, given), () => givenFile(folder, given))
    const { inputs, steps: results, states } = referencesIn(value, (name) => steps.has(name))
    // what a step of the test found is below its folder, unless a text is put before it
    if (results.length > 0 && inputs.length === 0 && !states && !/['"]/.test(String(value))) return all
    troubles.push({
      code: 'not-given',
      path,
      what: `the step \`${step}\` reads ${addressText(value)}, which the test does not give`,
      hint: `add rows: \`given: {${input ?? step}: […]}\``,
    })
    return all
  }, settings)
}

/** With rows in place of a file, how that file is written means nothing: the whole source is replaced. */
const sourceAt = (place: Path, { table }: GivenRows): Path => (place.at(-1) === 'path' && Array.isArray(table) ? place.slice(0, -1) : place)

/** Below the folder of the test, under the last part of its name, which can say the format. */
function writtenTo(step: string, value: Json, folder: string): Json {
  const below = `${folder}/out/${step}/`
  const source = expressionSource(value)
  if (source !== undefined)
    return expression(`${jsonataText(below)} & $split($replace($string(${source}), ${jsonataText('\\')}, '/'), '/')[-1]`)
  return typeof value === 'string' ? `${below}${value.replace(/^.*[/\\]/, '')}` : `${below}rows`
}

const addressText = (value: Json): string => {
  const input = /^\$inputs\.(\w+)$/.exec(expressionSource(value) ?? '')?.[1]
  if (input !== undefined) return `what the input \`${input}\` names`
  return typeof value === 'string' && expressionSource(value) === undefined ? `\`${value}\`` : 'an address that is known in a run only'
}

const replaced = (settings: JsonObject, path: Path, change: (value: Json) => Json): JsonObject =>
  replaceAt(settings, path, change) as JsonObject
